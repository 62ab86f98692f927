using Crypto.Contracts;
using Crypto.Postgres;
using Crypto.Storage.Ledger;
using Crypto.Storage.Trades;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class AggregateReplacementTests : IAsyncLifetime
{
    private Store _store = null!;
    private AggregateReplacement _replacement = null!;

    public async Task InitializeAsync()
    {
        _store = await Store.CreateAsync();
        _replacement = new AggregateReplacement(_store.Postgres.DataSource, new InstrumentStore(_store.Postgres.DataSource));
        await _store.StoreAsync(new TestLog().Add(
            Records.Value(Records.Trade(9)), Records.Value(Aggregate(10, 13, 1.00m)), Records.Value(Records.Trade(14)), Records.Value(Aggregate(16, 17, 0.30m))));
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Single_trades_take_an_aggregates_place_and_the_ledger_stays_as_it_was()
    {
        var found = await _replacement.FindAsync(Records.Btc, new IdRange(0, 100), default);
        Assert.Equal([new IdRange(10, 13), new IdRange(16, 17)], found);

        Assert.Equal(1, await _replacement.ReplaceAsync(Records.Btc, [found[0]], [.. Singles(10, 0.1m, 0.2m, 0.3m, 0.4m)], default));

        Assert.Equal(["9..9 0.01", "10..10 0.1", "11..11 0.2", "12..12 0.3", "13..13 0.4", "14..14 0.01", "16..17 0.30"], await RowsAsync());
        Assert.Equal("9..14 16..17", await _store.LedgerAsync());
        Assert.Equal(2L, await _store.Postgres.ScalarAsync<long>("select aggregated from market.coverage_aggregated"));
        // What comes again, in either form, is a duplicate still.
        await _store.StoreAsync(new TestLog(topicId: "again").Add(Records.Value(Aggregate(10, 13, 1.00m)), Records.Value(Records.Trade(11))));
        Assert.Equal(7, (await RowsAsync()).Count);
    }

    [Theory]
    [InlineData("a sum that differs")]
    [InlineData("an id that is missing")]
    [InlineData("another price")]
    [InlineData("another side")]
    public async Task What_does_not_make_up_the_aggregate_replaces_nothing(string fault)
    {
        var singles = Singles(10, 0.1m, 0.2m, 0.3m, 0.4m).ToList();
        singles[2] = fault switch
        {
            "a sum that differs" => singles[2] with { Quantity = 0.31m },
            "another price" => singles[2] with { Price = 1m },
            "another side" => singles[2] with { IsBuyerMaker = !singles[2].IsBuyerMaker },
            _ => singles[2] with { TradeId = 50, LastTradeId = 50 },
        };

        Assert.Equal(0, await _replacement.ReplaceAsync(Records.Btc, [new IdRange(10, 13)], singles, default));

        Assert.Equal(["9..9 0.01", "10..13 1.00", "14..14 0.01", "16..17 0.30"], await RowsAsync());
    }

    [Fact]
    public async Task One_that_fits_is_replaced_beside_one_that_does_not()
    {
        List<Trade> singles = [.. Singles(10, 0.1m, 0.2m, 0.3m, 0.5m), .. Singles(16, 0.1m, 0.2m)];

        Assert.Equal(1, await _replacement.ReplaceAsync(Records.Btc, [new IdRange(10, 13), new IdRange(16, 17)], singles, default));

        Assert.Equal(["9..9 0.01", "10..13 1.00", "14..14 0.01", "16..16 0.1", "17..17 0.2"], await RowsAsync());
    }

    [Fact]
    public async Task Nothing_is_changed_where_a_row_is_in_the_way()
    {
        // Only a hand could have written it: the ledger covers the id by the aggregate.
        await _store.Postgres.ExecuteAsync("""
            insert into market.trades select instrument_id, 12, 12, price, quantity, trade_time, event_time, received_time, is_buyer_maker, origin
            from market.trades where trade_id = 10
            """);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _replacement.ReplaceAsync(
            Records.Btc, [new IdRange(10, 13)], [.. Singles(10, 0.1m, 0.2m, 0.3m, 0.4m)], default));

        Assert.Contains("10..13 1.00", await RowsAsync());
    }

    [Fact]
    public async Task An_instrument_that_nobody_knows_has_no_aggregates() =>
        Assert.Empty(await _replacement.FindAsync(Records.Eth, new IdRange(0, long.MaxValue), default));

    private static Trade Aggregate(long first, long last, decimal quantity) => Records.Trade(first, lastId: last, quantity: quantity);

    // Of one time, price and side, as the trades of an aggregate are.
    private static IEnumerable<Trade> Singles(long first, params decimal[] quantities) => quantities.Select(
        (quantity, i) => Records.Trade(first, quantity: quantity) with { TradeId = first + i, LastTradeId = first + i, Origin = TradeOrigin.Backfill });

    private Task<List<string>> RowsAsync() => _store.ListAsync<string>(
        "select trade_id || '..' || last_trade_id || ' ' || quantity from market.trades order by trade_id");
}
