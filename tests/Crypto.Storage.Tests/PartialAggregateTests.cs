using Crypto.Contracts;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class PartialAggregateTests : IAsyncLifetime
{
    private Store _store = null!;

    public async Task InitializeAsync() => _store = await Store.CreateAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task What_the_stored_trades_leave_of_the_quantity_is_stored_for_the_missing_ids()
    {
        var log = new TestLog().Add(Trade(10, 0.5m), Trade(11, 0.25m));
        await _store.StoreAsync(log);

        await _store.StoreAsync(log.Add(Trade(10, 2.00m, lastId: 14)));

        Assert.Equal(["10..10 0.5", "11..11 0.25", "12..14 1.25"], await RowsAsync());
        Assert.Equal("10..14", await _store.LedgerAsync());
    }

    [Fact]
    public async Task Several_missing_pieces_share_the_rest_and_the_sum_is_exact()
    {
        // Trade and aggregate come in one batch: what is pending counts as stored.
        await _store.StoreAsync(new TestLog().Add(Trade(12, 0.10m), Trade(10, 1.00m, lastId: 15)));

        Assert.Equal(["10..11 0.36", "12..12 0.10", "13..15 0.54"], await RowsAsync());
        Assert.Equal("10..15", await _store.LedgerAsync());
    }

    [Fact]
    public async Task An_id_that_is_void_takes_no_share()
    {
        await _store.StoreAsync(new TestLog(Topics.Coverage).Add(Records.Value(CoverageKind.Void, 11, 11, "zero price")));
        await _store.StoreAsync(new TestLog().Add(Trade(10, 0.25m), Trade(10, 1.00m, lastId: 12)));

        Assert.Equal(["10..10 0.25", "12..12 0.75"], await RowsAsync());
        Assert.Equal("10..12", await _store.LedgerAsync());
    }

    [Fact]
    public async Task Where_the_rest_cannot_be_told_the_ids_stay_missing()
    {
        var log = new TestLog().Add(Trade(10, 0.5m), Trade(20, 0.5m, price: 2m), Trade(30, 5m), Trade(40, 1m));
        await _store.StoreAsync(log);
        await _store.Postgres.ExecuteAsync("delete from market.trades where trade_id = 40");

        // Another price among the stored ones; more stored than the aggregate has; the stored row is gone with its day.
        await _store.StoreAsync(log.Add(Trade(20, 2m, lastId: 21), Trade(30, 2m, lastId: 31), Trade(40, 2m, lastId: 41)));

        Assert.Equal("10 20 30 40", await _store.LedgerAsync());
        Assert.Equal(["10..10 0.5", "20..20 0.5", "30..30 5"], await RowsAsync());
    }

    [Fact]
    public async Task Overlapping_aggregates_are_not_guessed_at()
    {
        await _store.StoreAsync(new TestLog().Add(Trade(10, 1m, lastId: 14), Trade(13, 1m, lastId: 17)));

        Assert.Equal("10..14", await _store.LedgerAsync());
        Assert.Equal(["10..14 1"], await RowsAsync());
    }

    private static byte[] Trade(long id, decimal quantity, long? lastId = null, decimal price = 1m) =>
        Records.Value(Records.Trade(id, lastId: lastId, quantity: quantity) with { Price = price, IsBuyerMaker = true });

    private Task<List<string>> RowsAsync() => _store.ListAsync<string>(
        "select trade_id || '..' || last_trade_id || ' ' || quantity from market.trades order by trade_id");
}
