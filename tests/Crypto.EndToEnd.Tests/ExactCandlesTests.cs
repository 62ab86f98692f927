using System.Globalization;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

public sealed class ExactCandlesTests
{
    private static readonly string[] Fields =
        ["open", "high", "low", "close", "volume", "quoteVolume", "tradeCount", "takerBuyVolume", "takerBuyQuoteVolume"];

    [Fact]
    public async Task The_candles_of_a_USDM_recording_equal_the_exchanges_own_to_the_last_digit()
    {
        await using var pipeline = new Pipeline();
        var process = pipeline.Up("--venue", "binance-usdm", "--recording", TestData.PathOf(TestData.UsdmBtcusdt), "--speed", "max");
        await Pipeline.StoredAsync(process, "BTCUSDT", 21_313, TimeSpan.FromSeconds(60));
        // 23:54:15 to 23:59:58: the first minute began before the data, the five after it are whole.
        var answer = await process.UntilAsync("/ohlc/BTCUSDT?interval=1m",
            json => json.GetProperty("candles").EnumerateArray().Sum(c => c.GetProperty("tradeCount").GetInt64()) == 21_313,
            TimeSpan.FromSeconds(20));
        var ours = answer.GetProperty("candles").EnumerateArray()
            .ToDictionary(candle => DateTimeOffset.Parse(candle.GetProperty("openTime").GetString()!, CultureInfo.InvariantCulture));

        var theirs = File.ReadLines(TestData.PathOf(TestData.UsdmBtcusdtKlines)).Skip(1).Select(line => line.Split(',')).ToList();
        Assert.Equal(5, theirs.Count);
        foreach (var kline in theirs)
        {
            var candle = ours[DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(kline[0], CultureInfo.InvariantCulture))];
            string[] expected = [kline[1], kline[2], kline[3], kline[4], kline[5], kline[7], kline[8], kline[9], kline[10]];
            var actual = Fields.Select(field => candle.GetProperty(field).ToString());
            Assert.Equal(expected.Select(Exact), actual.Select(Exact));
        }
    }

    [Theory]
    [InlineData(TestData.SpotBtcusdt, "BTCUSDT", 10_147)]
    [InlineData(TestData.SpotEthusdt, "ETHUSDT", 14_515)]
    public async Task Every_trade_of_a_spot_recording_is_stored_and_the_ledger_proves_it(string recording, string symbol, long trades)
    {
        await using var pipeline = new Pipeline();
        var process = pipeline.Up("--recording", TestData.PathOf(recording), "--speed", "max");

        var coverage = await Pipeline.StoredAsync(process, symbol, trades, TimeSpan.FromSeconds(60));

        Assert.Equal(trades, coverage.GetProperty("lastTradeId").GetInt64() - coverage.GetProperty("firstTradeId").GetInt64() + 1);
        Assert.Equal(1, coverage.GetProperty("ranges").GetArrayLength());
        Assert.Equal(0, coverage.GetProperty("void").GetInt64());
        var health = await process.UntilAsync("/health", json => json.GetProperty("market").ToString().Contains("ended", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20));
        Assert.Equal("healthy", health.GetProperty("status").GetString());
    }

    // 61807.70 and 61807.7 are the same number; every digit that counts is kept.
    private static decimal Exact(string number) => decimal.Parse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
