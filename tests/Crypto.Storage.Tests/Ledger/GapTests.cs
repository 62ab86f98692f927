using Crypto.Contracts;
using Xunit;

namespace Crypto.Storage.Tests.Ledger;

/// <summary>A gap's row says what the ledger says, in whatever order the two topics are read.</summary>
public sealed class GapTests : IAsyncLifetime
{
    private readonly TestLog _trades = new();
    private readonly TestLog _coverage = new(Topics.Coverage);
    private Store _store = null!;

    public async Task InitializeAsync() => _store = await Store.CreateAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task A_gap_that_is_called_repaired_before_its_trades_are_here_stays_open()
    {
        await EventsAsync((CoverageKind.GapFound, 3, 4), (CoverageKind.GapRepaired, 3, 4));
        Assert.Equal(["3..4 open skipped"], await _store.GapsAsync());

        await TradesAsync(3);
        Assert.Equal(["3..4 open skipped"], await _store.GapsAsync());
        await TradesAsync(4);
        Assert.Equal(["3..4 repaired skipped"], await _store.GapsAsync());
    }

    [Fact]
    public async Task A_gap_that_is_told_after_its_trades_came_is_repaired_at_once()
    {
        await TradesAsync(1, 2, 3, 4, 5);

        await EventsAsync((CoverageKind.GapFound, 3, 4));

        Assert.Equal(["3..4 repaired skipped"], await _store.GapsAsync());
    }

    [Fact]
    public async Task An_old_event_that_is_read_again_does_not_open_a_repaired_gap()
    {
        await EventsAsync((CoverageKind.GapFound, 3, 4));
        await TradesAsync(3, 4);
        var repairedAt = await _store.Postgres.ScalarAsync<DateTime>("select repaired_at from market.coverage_gaps");

        await EventsAsync((CoverageKind.GapFound, 3, 4), (CoverageKind.GapRefused, 3, 4));

        Assert.Equal(["3..4 repaired skipped"], await _store.GapsAsync());
        Assert.Equal(repairedAt, await _store.Postgres.ScalarAsync<DateTime>("select repaired_at from market.coverage_gaps"));
    }

    [Fact]
    public async Task A_refused_gap_is_not_opened_by_its_first_event_but_closed_by_its_trades()
    {
        await EventsAsync((CoverageKind.GapFound, 3, 4), (CoverageKind.GapRefused, 3, 4), (CoverageKind.GapFound, 3, 4));
        Assert.Equal(["3..4 refused skipped"], await _store.GapsAsync());

        await TradesAsync(3, 4);

        Assert.Equal(["3..4 repaired skipped"], await _store.GapsAsync());
    }

    [Fact]
    public async Task Ids_that_are_no_trades_close_a_gap_as_trades_do()
    {
        await TradesAsync(3);
        await EventsAsync((CoverageKind.GapFound, 3, 4), (CoverageKind.Void, 4, 4));

        Assert.Equal(["3..4 repaired skipped"], await _store.GapsAsync());
    }

    [Fact]
    public async Task Gaps_that_overlap_are_closed_each_by_its_own_ids()
    {
        await EventsAsync((CoverageKind.GapFound, 3, 4), (CoverageKind.GapFound, 3, 9));

        await TradesAsync(3, 4, 5);

        Assert.Equal(["3..4 repaired skipped", "3..9 open skipped"], (await _store.GapsAsync()).Order());
    }

    [Fact]
    public async Task Trades_of_another_instrument_close_nothing()
    {
        await EventsAsync((CoverageKind.GapFound, 3, 4));

        _trades.Add(Records.Value(Records.Trade(3, Records.Eth)), Records.Value(Records.Trade(4, Records.Eth)));
        await _store.StoreAsync(_trades);

        Assert.Equal(["3..4 open skipped"], await _store.GapsAsync());
    }

    private Task EventsAsync(params (CoverageKind Kind, long First, long Last)[] events) =>
        _store.StoreAsync(_coverage.Add(events.Select(one => Records.Value(one.Kind, one.First, one.Last))));

    private Task TradesAsync(params long[] ids) => _store.StoreAsync(_trades.Trades(ids));
}
