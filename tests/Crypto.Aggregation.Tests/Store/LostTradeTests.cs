using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>Trades that the store has and the log does not bring (any more).</summary>
public class LostTradeTests
{
    // One look finds what is lacking, the next one knows that the log was read to its end.
    private const int Sweeps = 2;

    [Fact]
    public async Task Trades_that_only_the_store_has_are_folded_from_there()
    {
        var trades = RandomTrades.Make(31, 900, aggregates: 0);
        await using var market = await TestMarket.CreateAsync();
        // In the middle, as when a broker's folder is deleted between storage and aggregation; and at the end, before a silence.
        market.Publish(Known(trades).Take(880));
        await market.ApplyAsync();
        await market.StoreAsync(trades);

        await SweepAsync(market, Sweeps);

        foreach (var interval in Interval.All) Assert.Equal(NaiveCandle.Fold(trades, interval), await market.NaiveAsync(interval));
        Assert.Equal(1L, await market.Postgres.ScalarAsync<long>("select count(*) from market.aggregated_ranges"));
        await using var next = market.Again();
        await next.ApplyAsync();
        foreach (var interval in Interval.All) Assert.Equal(NaiveCandle.Fold(trades, interval), await market.NaiveAsync(interval));
    }

    [Fact]
    public async Task Trades_of_candles_that_are_final_raise_their_revision()
    {
        var trades = RandomTrades.Make(33, 900, aggregates: 0);
        await using var market = await TestMarket.CreateAsync();
        market.Publish(Known(trades));
        await market.ApplyAsync();
        market.Time.Note(trades[^1].TradeTimeUs + (2 * 86_400_000_000));
        await market.Idle.TickAsync(default);
        await market.StoreAsync(trades);

        await SweepAsync(market, Sweeps);
        await market.Idle.TickAsync(default);

        foreach (var interval in Interval.All) Assert.Equal(NaiveCandle.Fold(trades, interval), await market.NaiveAsync(interval));
        Assert.Contains(await market.CandlesAsync(Interval.OneMinute), candle => candle.Revision == 1);
    }

    [Fact]
    public async Task Trades_that_the_log_still_brings_are_left_to_it()
    {
        var trades = RandomTrades.Make(35, 900, aggregates: 0);
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(trades);
        await market.AssignAsync();
        await market.ApplyNextAsync(400);
        await market.StoreAsync(trades);

        await SweepAsync(market, Sweeps + 2);

        Assert.Equal(400, (await market.CandlesAsync(Interval.OneMinute)).Sum(candle => candle.TradeCount));
        await market.ApplyNextAsync(int.MaxValue);
        Assert.Equal(NaiveCandle.Fold(trades, Interval.OneMinute), await market.NaiveAsync(Interval.OneMinute));
    }

    [Fact]
    public async Task Void_ids_that_only_the_store_knows_make_a_candle_complete()
    {
        var trades = RandomTrades.Make(37, 900, aggregates: 0);
        await using var market = await TestMarket.CreateAsync("1m");
        var known = Known(trades);
        market.Publish(known);
        await market.ApplyAsync();
        await market.StoreAsync(known);
        await market.Postgres.ExecuteAsync($"""
            insert into market.coverage_voids (instrument_id, first_id, last_id, reason)
            select instrument_id, {trades[451].TradeId}, {trades[454].LastTradeId}, 'no such trade' from market.instruments;
            update market.coverage_ranges set last_id = (select max(last_id) from market.coverage_ranges) where first_id = {trades[0].TradeId};
            delete from market.coverage_ranges where first_id <> {trades[0].TradeId}
            """);

        await SweepAsync(market, Sweeps);

        Assert.Equal(1L, await market.Postgres.ScalarAsync<long>("select count(*) from market.aggregated_ranges"));
        Assert.Equal(NaiveCandle.Fold(known, Interval.OneMinute), await market.NaiveAsync(Interval.OneMinute));
    }

    [Fact]
    public async Task Trades_of_a_day_that_was_dropped_are_asked_for_once()
    {
        var trades = RandomTrades.Make(39, 900, aggregates: 0);
        await using var market = await TestMarket.CreateAsync("1m");
        var known = Known(trades);
        market.Publish(known);
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        await market.Postgres.ExecuteAsync("truncate market.trades");

        await SweepAsync(market, Sweeps + 2);

        Assert.Equal(NaiveCandle.Fold(known, Interval.OneMinute), await market.NaiveAsync(Interval.OneMinute));
        var state = Assert.Single(market.Owned.States);
        Assert.Null(state.Lacking);
        Assert.True(state.NotToBeHad.Contains(trades[451].TradeId, trades[454].LastTradeId));
    }

    // All but four.
    private static List<Trade> Known(List<Trade> trades) => [.. trades.Where((_, i) => i is <= 450 or >= 455)];

    private static async Task SweepAsync(TestMarket market, int times)
    {
        for (var i = 0; i < times; i++) await market.Idle.SweepAsync(default);
    }
}
