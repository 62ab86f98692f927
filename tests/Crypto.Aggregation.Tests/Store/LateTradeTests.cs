using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>Trades that come when their candle is final: queued with the batch, recomputed once the store has them.</summary>
public class LateTradeTests
{
    [Fact]
    public async Task A_late_trade_waits_for_the_store_then_raises_the_revision_and_keeps_the_former_one()
    {
        var trades = RandomTrades.Make(3, 900, aggregates: 0);
        await using var market = await TestMarket.CreateAsync();
        var late = trades.Where((_, i) => i is > 450 and < 455 or 500).ToList();
        market.Publish(trades.Except(late));
        await market.ApplyAsync();
        await SettleAsync(market, trades);
        var before = await CandleOfAsync(market, late[0]);
        Assert.Equal(CandleState.Final, before.State);

        market.Publish(late);
        await market.ApplyAsync();
        await market.Idle.TickAsync(default);
        // The store has not got them yet: the candle says that it is not complete, and shows its former fields.
        var waiting = await CandleOfAsync(market, late[0]);
        Assert.Equal((before.TradeCount, 0, false), (waiting.TradeCount, waiting.Revision, waiting.Complete));

        await market.StoreAsync(trades);
        await market.Idle.TickAsync(default);
        foreach (var interval in Interval.All) Assert.Equal(NaiveCandle.Fold(trades, interval), await market.NaiveAsync(interval));
        var after = await CandleOfAsync(market, late[0]);
        Assert.Equal((1, true), (after.Revision, after.Complete));
        Assert.Equal(before.TradeCount.ToString(), await market.Postgres.ScalarAsync<string>("""
            select candle->>'tradeCount' from market.candle_revisions where interval_s = 60 and revision = 0 order by open_time limit 1
            """));
        Assert.Equal(0L, await market.Postgres.ScalarAsync<long>("select count(*) from market.candle_recomputations"));
    }

    [Fact]
    public async Task A_process_that_dies_between_queue_and_recomputation_loses_nothing()
    {
        var trades = RandomTrades.Make(5, 600, aggregates: 0);
        await using var market = await TestMarket.CreateAsync();
        market.Publish(trades.Where((_, i) => i != 30));
        await market.ApplyAsync();
        await SettleAsync(market, trades);
        market.Publish(trades[30]);
        await market.ApplyAsync();
        await market.StoreAsync(trades);

        await using var next = market.Again();
        await next.AssignAsync();
        next.Time.Note(trades[^1].TradeTimeUs);
        await next.Idle.TickAsync(default);
        foreach (var interval in Interval.All) Assert.Equal(NaiveCandle.Fold(trades, interval), await market.NaiveAsync(interval));
    }

    [Fact]
    public async Task A_recomputation_without_all_trades_in_the_store_leaves_the_candle_as_it_is()
    {
        var trades = RandomTrades.Make(9, 600, aggregates: 0);
        await using var market = await TestMarket.CreateAsync();
        market.Publish(trades.Where((_, i) => i != 30));
        await market.ApplyAsync();
        await SettleAsync(market, trades);
        var before = (await market.CandlesAsync(Interval.OneMinute))[0];
        market.Publish(trades[30]);
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        // The ledger has the ids, but the rows of the day were dropped.
        await market.Postgres.ExecuteAsync("truncate market.trades");
        await market.Idle.TickAsync(default);
        var after = (await market.CandlesAsync(Interval.OneMinute))[0];
        Assert.Equal((before.TradeCount, before.Volume, 0, false), (after.TradeCount, after.Volume, after.Revision, after.Complete));
    }

    [Fact]
    public async Task A_candle_that_cannot_be_recomputed_holds_up_no_later_one_and_has_its_turn_again()
    {
        const long HourUs = 3600L * 1_000_000;
        var early = RandomTrades.Make(21, 300, aggregates: 0);
        var ids = early[^1].TradeId - early[0].TradeId + 1;
        var later = early.ConvertAll(t => t with
        {
            TradeId = t.TradeId + ids,
            LastTradeId = t.LastTradeId + ids,
            TradeTimeUs = t.TradeTimeUs + HourUs,
            EventTimeUs = t.EventTimeUs + HourUs,
            ReceivedTimeUs = t.ReceivedTimeUs + HourUs,
        });
        List<Trade> trades = [.. early, .. later];
        await using var market = await TestMarket.CreateAsync("1s");
        market.Publish(trades.Where(t => t != early[100] && t != later[100]));
        await market.ApplyAsync();
        await SettleAsync(market, trades);
        market.Publish(early[100], later[100]);
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        await market.Postgres.ExecuteAsync($"""
            create table taken as select * from market.trades where trade_id = {early[100].TradeId};
            delete from market.trades where trade_id = {early[100].TradeId}
            """);

        for (var look = 0; look < 3; look++) await market.Idle.TickAsync(default);
        Assert.Equal(1L, await QueuedAsync(market));

        await market.Postgres.ExecuteAsync("insert into market.trades select * from taken");
        for (var look = 0; look < 3; look++) await market.Idle.TickAsync(default);
        Assert.Equal(0L, await QueuedAsync(market));
        Assert.Equal(NaiveCandle.Fold(trades, Interval.OneSecond), await market.NaiveAsync(Interval.OneSecond));
    }

    [Fact]
    public async Task A_gap_that_stays_is_bridged_by_flat_candles_that_are_not_complete()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        var trades = RandomTrades.Make(13, 1200, aggregates: 0);
        var known = trades.Where(t => t.TradeTimeUs < trades[0].TradeTimeUs + 60_000_000 || t.TradeTimeUs > trades[^1].TradeTimeUs - 60_000_000).ToList();
        market.Publish(known);
        await market.ApplyAsync();
        await market.Idle.SweepAsync(default);
        var holed = await market.CandlesAsync(Interval.OneMinute, withFlat: true);
        market.Time.Note(trades[^1].TradeTimeUs + 600_000_000);
        await market.Idle.SweepAsync(default);
        await market.Idle.TickAsync(default);
        await market.Idle.SweepAsync(default);
        var bridged = await market.CandlesAsync(Interval.OneMinute, withFlat: true);
        Assert.True(bridged.Count > holed.Count);
        Assert.All(bridged.Zip(bridged.Skip(1)), pair => Assert.Equal(pair.First.CloseTimeUs + 1, pair.Second.OpenTimeUs));
        var flats = bridged.Where(c => c.TradeCount == 0 && c.OpenTimeUs < trades[^1].TradeTimeUs).ToList();
        Assert.NotEmpty(flats);
        Assert.All(flats, flat => Assert.Equal((CandleState.Final, false), (flat.State, flat.Complete)));

        // The repair comes after all.
        market.Publish(trades.Except(known));
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        await market.Idle.TickAsync(default);
        await market.Idle.SweepAsync(default);
        Assert.Equal(NaiveCandle.Fold(trades, Interval.OneMinute), await market.NaiveAsync(Interval.OneMinute));
        Assert.All((await market.CandlesAsync(Interval.OneMinute)).Skip(1), c => Assert.True(c.Complete || c.OpenTimeUs > trades[^1].TradeTimeUs - 60_000_000));
    }

    private static Task<long> QueuedAsync(TestMarket market) =>
        market.Postgres.ScalarAsync<long>("select count(*) from market.candle_recomputations")!;

    private static async Task<Candle> CandleOfAsync(TestMarket market, Trade trade) =>
        (await market.CandlesAsync(Interval.OneMinute)).Single(c => c.OpenTimeUs == Interval.OneMinute.OpenTimeOf(trade.TradeTimeUs));

    private static async Task SettleAsync(TestMarket market, List<Trade> trades)
    {
        market.Time.Note(trades[^1].TradeTimeUs + (25L * 3600 * 1_000_000));
        await market.Idle.TickAsync(default);
        await market.Idle.SweepAsync(default);
        await market.Idle.TickAsync(default);
    }
}
