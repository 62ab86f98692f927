using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>What is in the tables after trades were applied, on a real PostgreSQL.</summary>
public class CandleTests
{
    private const long Minute = 60_000_000;
    private const long Start = RandomTrades.StartUs;

    [Fact]
    public async Task Applied_trades_equal_the_naive_reference_in_every_interval()
    {
        await using var market = await TestMarket.CreateAsync();
        var trades = RandomTrades.Make(7, 2_000);
        market.Publish(trades);
        await market.ApplyAsync(batchSize: 333);
        foreach (var interval in Interval.All) Assert.Equal(NaiveCandle.Fold(trades, interval), await market.NaiveAsync(interval));
    }

    [Fact]
    public async Task Older_runs_repeats_and_restarts_in_between_change_nothing()
    {
        var trades = RandomTrades.Make(11, 1_500, aggregates: 0);
        await using var whole = await TestMarket.CreateAsync();
        whole.Publish(trades);
        await whole.ApplyAsync();
        await whole.Idle.TickAsync(default);
        await whole.Idle.SweepAsync(default);

        // Live first, then the past in order while live goes on, with repeats: as on a first start.
        await using var market = await TestMarket.CreateAsync();
        market.Publish(trades[1000..1200]);
        for (var i = 0; i < 10; i++)
        {
            market.Publish(trades[(i * 100)..((i * 100) + 110)]);
            market.Publish(trades[(1200 + (i * 30))..(1230 + (i * 30))]);
        }
        for (var i = 0; i < 4; i++)
        {
            await using var process = market.Again();
            await process.AssignAsync();
            for (var batch = 0; batch < 5; batch++) await process.ApplyNextAsync(90);
        }
        await using var last = market.Again();
        await last.ApplyAsync(137);
        await last.Idle.TickAsync(default);
        await last.Idle.SweepAsync(default);
        Assert.Equal(await whole.CanonicalAsync(), await market.CanonicalAsync());
    }

    [Fact]
    public async Task Silence_between_contiguous_trades_is_filled_with_flat_candles()
    {
        await using var market = await TestMarket.CreateAsync("1m", "5m");
        market.Publish(At(1, 10), At(2, 11 * Minute, 70));
        await market.ApplyAsync();
        var candles = await market.CandlesAsync(Interval.OneMinute, withFlat: true);
        Assert.Equal(12, candles.Count);
        Assert.All(candles[1..11], flat =>
        {
            Assert.Equal((0, 50.00m, 50.00m, 50.00m, 50.00m), (flat.TradeCount, flat.Open, flat.High, flat.Low, flat.Close));
            Assert.Equal((null, null, null), (flat.FirstTradeId, flat.LastTradeId, flat.Vwap));
            Assert.True(flat.Complete);
        });
        Assert.Equal(3, (await market.CandlesAsync(Interval.FiveMinutes, withFlat: true)).Count);
    }

    [Fact]
    public async Task A_candle_is_live_then_closed_then_final_and_complete_once_its_neighbours_are_known()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(At(0, 1), At(1, 2));
        await market.ApplyAsync();
        Assert.Equal((CandleState.Live, true), await FirstAsync(market));

        market.Time.Note(Start + Minute);
        await market.Idle.TickAsync(default);
        // Closed by the clock: nobody knows yet whether it has its last trades.
        Assert.Equal((CandleState.Closed, false), await FirstAsync(market));

        market.Publish(At(2, 2 * Minute));
        await market.ApplyAsync();
        Assert.Equal((CandleState.Closed, true), await FirstAsync(market));

        market.Time.Note(Start + (6 * Minute));
        await market.Idle.TickAsync(default);
        Assert.Equal((CandleState.Final, true), await FirstAsync(market));
    }

    [Fact]
    public async Task A_hole_in_the_ids_makes_its_candles_incomplete_until_it_is_repaired_or_void()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(At(0, 1), At(1, 2), At(4, 3), At(5, Minute + 1), At(6, 3 * Minute));
        await market.ApplyAsync();
        Assert.False((await market.CandlesAsync(Interval.OneMinute))[0].Complete);
        await market.ApplyAsync(new CoverageEvent(RandomTrades.Btcusdt, CoverageKind.Void, 2, 2, "zero price", RandomTrades.StartUs));
        Assert.False((await market.CandlesAsync(Interval.OneMinute))[0].Complete);
        market.Publish(At(3, 4));
        await market.ApplyAsync();
        Assert.Equal([true, true, false], (await market.CandlesAsync(Interval.OneMinute)).Select(c => c.Complete || c.State == CandleState.Live).Take(2)
            .Append((await market.CandlesAsync(Interval.OneMinute))[0].TradeCount != 4));
    }

    [Fact]
    public async Task A_repair_in_the_past_hands_its_close_on_to_the_flat_candles_behind_it()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(At(0, 1), At(3, (3 * Minute) + 1, 90));
        await market.ApplyAsync();
        market.Publish(At(1, 2, 55), At(2, Minute + 5, 60));
        await market.ApplyAsync();
        var candles = await market.CandlesAsync(Interval.OneMinute, withFlat: true);
        Assert.Equal([55.00m, 60.00m, 60.00m, 90.00m], candles.Select(c => c.Close));
        Assert.Equal([2L, 1, 0, 1], candles.Select(c => c.TradeCount));
    }

    [Fact]
    public async Task Flat_candles_are_written_alike_whatever_order_the_trades_before_them_came_in()
    {
        Trade[] trades = [At(0, 1), At(1, 2) with { Quantity = 0.12345m, Price = 50.005m }, At(2, 3), At(3, 5 * Minute)];
        await using var ordered = await TestMarket.CreateAsync("1m");
        ordered.Publish(trades);
        await ordered.ApplyAsync();
        // The one with more decimals comes when the flat candles are there; neither their price nor the last id is new to them.
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(trades[0], trades[2], trades[3], trades[1]);
        await market.ApplyAsync(1);
        Assert.Equal(await ordered.CanonicalAsync(), await market.CanonicalAsync());
        Assert.Equal("0.00000", (await market.CandlesAsync(Interval.OneMinute, withFlat: true))[1].Volume.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<(CandleState State, bool Complete)> FirstAsync(TestMarket market)
    {
        var first = (await market.CandlesAsync(Interval.OneMinute))[0];
        return (first.State, first.Complete);
    }

    private static Trade At(long id, long offsetUs, decimal price = 50) =>
        new(RandomTrades.Btcusdt, id, id, price + 0.00m, 0.100m, Start + offsetUs, Start + offsetUs, Start + offsetUs, false, TradeOrigin.Stream);
}
