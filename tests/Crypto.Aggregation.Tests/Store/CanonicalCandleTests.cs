using Crypto.Aggregation.Replaying;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

public class CanonicalCandleTests
{
    private static readonly Candle One = new(
        RandomTrades.Btcusdt, Interval.OneMinute, RandomTrades.StartUs, 28452.7m, 28452.8m, 28452.6m, 28452.7m, 0.00000001m, 0.000284527m,
        1, 0m, 0m, 7, 7, CandleState.Final, 0, 1, true);

    [Fact]
    public void Equal_candles_have_equal_lines_however_many_zeros_their_numbers_end_with() => Assert.Equal(
        CanonicalCandle.LineOf(One),
        CanonicalCandle.LineOf(One with { Open = 28452.70m, High = 28452.80000000m, Volume = 0.0000000100m, TakerBuyVolume = 0.000m }));

    [Fact]
    public void The_last_digit_counts() =>
        Assert.NotEqual(CanonicalCandle.LineOf(One), CanonicalCandle.LineOf(One with { Volume = 0.0000000100000000000000000001m }));
}
