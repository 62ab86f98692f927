using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Analytics.Indicators;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Analytics;

/// <summary>From committed candles to the tables of averages, indicators and forecasts.</summary>
public class AnalyticsTests
{
    [Fact]
    public async Task Closed_minutes_get_averages_indicators_and_a_forecast_and_a_repair_changes_them()
    {
        var trades = RandomTrades.Make(41, 12_000, meanStepUs: 3_000_000, aggregates: 0);
        await using var market = await TestMarket.CreateAsync("1m", "1h");
        market.Publish(trades.Where((_, i) => i is < 5_000 or > 5_003));
        await market.ApplyAsync();
        await market.Idle.TickAsync(default);
        var analytics = market.Get<AnalyticsService>();
        await analytics.ComputeAsync(default);
        await AssertAsync(market);
        Assert.Equal(1L, await market.Postgres.ScalarAsync<long>("select count(*) from market.forecasts where interval_s = 60"));
        Assert.True(await market.Postgres.ScalarAsync<int>("select samples from market.forecast_scores where interval_s = 60") > 100);

        market.Publish(trades[5_000..5_004]);
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        await market.Idle.TickAsync(default);
        await analytics.ComputeAsync(default);
        await AssertAsync(market);
    }

    private static async Task AssertAsync(TestMarket market)
    {
        var candles = (await market.CandlesAsync(Interval.OneMinute, withFlat: true)).Where(c => c.State > CandleState.Live).ToList();
        var closes = candles.Select(c => (double)c.Close).ToArray();
        await using var select = market.Postgres.DataSource.CreateCommand("""
            select m.start_time, m.end_time, m.average, m.sma_5, m.sma_15, m.sma_60, m.ema_5, m.ema_15, m.ema_60, i.rsi_14, m.candle_version
            from market.moving_averages m join market.indicators i
              on i.instrument_id = m.instrument_id and i.interval_s = 60 and i.open_time = m.start_time
            where m.symbol = 'BTCUSDT' order by m.start_time
            """);
        await using var rows = await select.ExecuteReaderAsync();
        double[][] expected =
        [
            Averages.Simple(closes, 5), Averages.Simple(closes, 15), Averages.Simple(closes, 60), Averages.Exponential(closes, 5),
            Averages.Exponential(closes, 15), Averages.Exponential(closes, 60), Momentum.RelativeStrength(closes),
        ];
        for (var i = 0; i < candles.Count; i++)
        {
            Assert.True(await rows.ReadAsync());
            Assert.Equal(candles[i].OpenTimeUs, UnixTime.ToMicroseconds(rows.GetDateTime(0)));
            Assert.Equal(candles[i].CloseTimeUs + 1, UnixTime.ToMicroseconds(rows.GetDateTime(1)));
            Assert.Equal(candles[i].Vwap ?? candles[i].Close, rows.GetDecimal(2));
            for (var column = 0; column < expected.Length; column++)
                AssertEqual(expected[column][i], rows.IsDBNull(3 + column) ? double.NaN : rows.GetDouble(3 + column));
            Assert.Equal(candles[i].Version, rows.GetInt64(10));
        }
        Assert.False(await rows.ReadAsync());
    }

    private static void AssertEqual(double expected, double actual)
    {
        if (double.IsNaN(expected)) Assert.True(double.IsNaN(actual));
        else Assert.Equal(expected, actual, 6);
    }
}
