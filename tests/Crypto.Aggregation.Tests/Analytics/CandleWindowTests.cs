using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Analytics;

/// <summary>A value is one of its candle and a fixed number before it: it is the same whenever and with whatever it is computed.</summary>
public class CandleWindowTests
{
    [Theory]
    [InlineData(CandleWindow.WarmUp - 1)]
    [InlineData(CandleWindow.WarmUp)]
    [InlineData(CandleWindow.WarmUp + 1)]
    [InlineData(1_499)]
    public void The_last_value_needs_only_the_candles_that_it_looks_back_on(int at)
    {
        var candles = Candles(1_500);
        var (whole, alone) = (new CandleWindow(candles), new CandleWindow(candles[Math.Max(0, at - CandleWindow.WarmUp)..(at + 1)]));
        Assert.All(whole.Indicators.Zip(alone.Indicators), pair =>
        {
            Assert.Equal(pair.First.Name, pair.Second.Name);
            Assert.Equal(pair.First.Values[at], pair.Second.Values[^1]);
        });
        foreach (var period in (int[])[5, 15, 60]) Assert.Equal(whole.Exponential(period)[at], alone.Exponential(period)[^1]);
    }

    [Fact]
    public void Values_are_warm_where_the_documents_say_so()
    {
        var window = new CandleWindow(Candles(100));
        var warmAfter = new Dictionary<string, int>
        {
            ["logReturn"] = 2,
            ["rsi14"] = 15,
            ["macd"] = 26,
            ["macdSignal"] = 34,
            ["macdHistogram"] = 34,
            ["bollingerMiddle"] = 20,
            ["bollingerUpper"] = 20,
            ["bollingerLower"] = 20,
            ["atr14"] = 14,
            ["realisedVolatility"] = 61,
        };
        Assert.Equal(warmAfter.Keys.Order(), window.Indicators.Select(i => i.Name).Order());
        Assert.All(window.Indicators, i => Assert.Equal(warmAfter[i.Name], 1 + i.Values.TakeWhile(value => CandleWindow.WarmOrNull(value) is null).Count()));
        Assert.All((int[])[5, 15, 60], period => Assert.Equal(period, 1 + window.Exponential(period).TakeWhile(double.IsNaN).Count()));
    }

    [Fact]
    public void No_candles_have_no_values()
    {
        var window = new CandleWindow([]);
        Assert.All(window.Indicators, i => Assert.Empty(i.Values));
        Assert.Empty(window.Exponential(5));
    }

    private static List<Candle> Candles(int count)
    {
        var random = new Random(8);
        var price = 1_000.0m;
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            price += random.Next(-500, 501) / 100m;
            return new Candle(RandomTrades.Btcusdt, Interval.OneMinute, RandomTrades.StartUs + (i * 60_000_000L), price, price + random.Next(100),
                price - random.Next(100), price, random.Next(1, 100), 1000, 10, 5, 500, i, i, CandleState.Closed, 0, 1, true);
        })];
    }
}
