using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Replaying;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>Candles rebuilt from the stored trades beside those that were made live.</summary>
public class ReplayTests
{
    private const long Hour = 3_600_000_000;

    [Fact]
    public async Task A_replay_makes_the_same_bytes_as_the_live_candles_and_writes_them_apart()
    {
        await using var market = await TestMarket.CreateAsync();
        var trades = RandomTrades.Make(51, 3_000, meanStepUs: 4_000_000);
        foreach (var slice in trades.Chunk(170).Reverse())
        {
            market.Publish(slice);
            await market.ApplyAsync(91);
        }
        await market.StoreAsync(trades);
        await market.Idle.TickAsync(default);
        var (store, id) = (new ReplayStore(market.Postgres.DataSource), await market.Postgres.ScalarAsync<int>("select instrument_id from market.instruments"));
        var replay = new CandleReplay(new StoredTrades(market.Postgres.DataSource), store, Interval.All);
        var result = await replay.RunAsync(id, RandomTrades.Btcusdt, RandomTrades.StartUs - Hour, RandomTrades.StartUs + (48 * Hour), default);
        Assert.Empty(result.Differences);
        Assert.Equal(trades.Count, result.Trades);

        await store.WriteAsync("rebuilt", id, result, default);
        await store.WriteAsync("rebuilt", id, result, default);
        Assert.Equal(result.Candles.Count, (int)await market.Postgres.ScalarAsync<long>("select count(*) from rebuilt.candles"));
        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync("market", id, result, default));
    }

    [Fact]
    public async Task A_replay_from_the_middle_makes_the_live_signals_to_the_last_bit_however_they_were_computed()
    {
        await using var market = await TestMarket.CreateAsync("1m", "5m", "1h");
        var trades = RandomTrades.Make(53, 1_500, meanStepUs: 60_000_000, aggregates: 0);
        market.Publish(trades);
        await market.AssignAsync();
        while (market.Position < trades.Count)
        {
            // Minute after minute in life; here each look at the candles finds an hour more.
            await market.ApplyNextAsync(130);
            await market.Get<AnalyticsService>().ComputeAsync(default);
        }
        await market.StoreAsync(trades);
        var hours = await market.CandlesAsync(Interval.OneHour);
        var minutes = await market.CandlesAsync(Interval.OneMinute, withFlat: true);
        Assert.InRange(minutes.Count, CandleWindow.WarmUp + 60, int.MaxValue);
        Assert.Contains(minutes, candle => candle.TradeCount == 0);

        // One hour, begun inside a candle of each length; then all.
        var fromUs = hours[^3].OpenTimeUs + 437_000_000;
        var (hour, whole) = (await ReplayAsync(market, fromUs, hours[^1].OpenTimeUs), await ReplayAsync(market, 0, hours[^1].OpenTimeUs));
        Assert.All([hour, whole], replay => Assert.Empty(replay.Differences));
        Assert.All([hour, whole], replay => Assert.Equal(replay.Signals.Count, replay.SignalsCompared));
        Assert.InRange(hour.Signals.Count(s => s.Interval == Interval.OneMinute), 100, 120);
        Assert.All(hour.Signals.Where(s => s.Interval == Interval.OneMinute), s => Assert.All(s.Indicators, i => Assert.NotNull(i.Value)));

        await market.Postgres.ExecuteAsync($"""
            update market.indicators set rsi_14 = rsi_14 + 1e-12 where interval_s = 300 and open_time = '{UnixTime.ToRfc3339(hours[^2].OpenTimeUs)}'
            """);
        var tampered = (await ReplayAsync(market, fromUs, hours[^1].OpenTimeUs)).Differences;
        Assert.Equal(["+ signal binance:BTCUSDT:5m", "- signal binance:BTCUSDT:5m"], tampered.Select(line => string.Join(' ', line.Split(' ')[..3])));
    }

    [Fact]
    public async Task A_replay_follows_the_settings_for_flat_and_partial_candles()
    {
        await using var market = await TestMarket.WithAsync("SkipPartialFirst", "true", "1m");
        market.Get<AggregationOptions>().FlatCandles = false;
        var trades = RandomTrades.Make(54, 300, meanStepUs: 60_000_000, aggregates: 0);
        market.Publish(trades);
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        await market.Get<AnalyticsService>().ComputeAsync(default);

        var replay = await ReplayAsync(market, 0, trades[^1].TradeTimeUs);

        Assert.Empty(replay.Differences);
        Assert.Equal(replay.Candles.Count - 1, replay.SignalsCompared);
        Assert.All(replay.Candles, candle => Assert.True(candle.TradeCount > 0));
    }

    [Fact]
    public async Task A_candle_that_was_tampered_with_is_shown_on_both_sides()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        var trades = RandomTrades.Make(52, 600);
        market.Publish(trades);
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        await market.Postgres.ExecuteAsync("update market.candles set volume = volume + 1 where open_time = (select min(open_time) from market.candles)");
        var result = await new CandleReplay(
            new StoredTrades(market.Postgres.DataSource), new ReplayStore(market.Postgres.DataSource), [Interval.OneMinute]).RunAsync(
            1, RandomTrades.Btcusdt, RandomTrades.StartUs - Hour, RandomTrades.StartUs + (48 * Hour), default);
        Assert.Equal(['+', '-'], result.Differences.Select(line => line[0]));
    }

    private static async Task<ReplayResult> ReplayAsync(TestMarket market, long fromUs, long toUs)
    {
        var (trades, store) = (new StoredTrades(market.Postgres.DataSource), new ReplayStore(market.Postgres.DataSource));
        return await new CandleReplay(trades, store, await store.IntervalsAsync(default)).RunAsync(1, RandomTrades.Btcusdt, fromUs, toUs, default);
    }
}
