using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Testing;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>The committed candles of 5 minutes, 15 minutes and an hour are the fold of the committed minutes.</summary>
public class LongerIntervalTests
{
    private static readonly Interval[] Longer = [Interval.FiveMinutes, Interval.FifteenMinutes, Interval.OneHour];

    [Theory]
    [InlineData(TestData.SpotBtcusdt)]
    [InlineData(TestData.SpotEthusdt)]
    public async Task Of_recorded_trades(string recording) =>
        await AssertFoldAsync([.. RecordedTrades.Read(recording, Venues.Binance).Select(t => t with { Instrument = RandomTrades.Btcusdt })]);

    [Fact]
    public async Task Of_random_trades_in_any_order() =>
        await AssertFoldAsync(RandomTrades.Disturb(RandomTrades.Make(81, 5_000, meanStepUs: 4_000_000), 82));

    private static async Task AssertFoldAsync(List<Trade> trades)
    {
        await using var market = await TestMarket.CreateAsync("1m", "5m", "15m", "1h");
        market.Publish(trades);
        await market.ApplyAsync(700);
        var minutes = await market.CandlesAsync(Interval.OneMinute);
        foreach (var interval in Longer)
        {
            var folded = minutes.GroupBy(c => interval.OpenTimeOf(c.OpenTimeUs)).OrderBy(g => g.Key).Select(g => FoldOf(g.Key, [.. g.OrderBy(c => c.FirstTradeId)]));
            Assert.Equal(folded, await market.NaiveAsync(interval));
        }
    }

    private static NaiveCandle FoldOf(long openTimeUs, List<Candle> minutes) => new(
        openTimeUs, minutes[0].Open, minutes.Max(c => c.High), minutes.Min(c => c.Low), minutes.MaxBy(c => c.LastTradeId)!.Close,
        Sum(minutes, c => c.Volume), Sum(minutes, c => c.QuoteVolume), minutes.Sum(c => c.TradeCount), Sum(minutes, c => c.TakerBuyVolume),
        Sum(minutes, c => c.TakerBuyQuoteVolume), minutes[0].FirstTradeId!.Value, minutes.Max(c => c.LastTradeId)!.Value);

    private static System.Numerics.BigInteger Sum(List<Candle> minutes, Func<Candle, decimal> field) =>
        minutes.Aggregate(System.Numerics.BigInteger.Zero, (sum, c) => sum + NaiveCandle.Fixed(field(c)));
}
