using System.Text.Json;
using Xunit;

namespace Crypto.EndToEnd.Tests;

public sealed class FirstStartTests
{
    [Fact]
    public async Task Up_without_options_shows_moving_candles_within_20_seconds_and_stops_cleanly()
    {
        await using var pipeline = new Pipeline();
        var process = pipeline.Up();

        var first = await process.UntilAsync("/ohlc/ETHUSDT?interval=1m&limit=1", HasTrades, TimeSpan.FromSeconds(20));
        var version = Newest(first).GetProperty("version").GetInt64();
        await process.UntilAsync("/ohlc/ETHUSDT?interval=1m&limit=1",
            json => Newest(json).GetProperty("version").GetInt64() > version, TimeSpan.FromSeconds(10));
        await process.UntilAsync("/health", json => json.GetProperty("status").GetString() == "healthy", TimeSpan.FromSeconds(60));

        // The last hour is fetched on the first start, so that the chart is full: more than the exchange lets one ask in a minute.
        var chart = await process.UntilAsync("/ohlc/ETHUSDT?interval=1m&limit=1000",
            json => json.GetProperty("candles").GetArrayLength() >= 59, TimeSpan.FromMinutes(2));
        Assert.True(chart.GetProperty("candles").GetArrayLength() <= 64);

        Assert.Equal(0, await process.StopAsync(within: TimeSpan.FromSeconds(10)));
    }

    private static bool HasTrades(JsonElement json) =>
        json.GetProperty("candles").GetArrayLength() > 0 && Newest(json).GetProperty("tradeCount").GetInt64() > 0;

    private static JsonElement Newest(JsonElement json) =>
        json.GetProperty("candles").EnumerateArray().Last();
}
