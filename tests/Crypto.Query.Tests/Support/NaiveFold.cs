using Crypto.Contracts;

namespace Crypto.Query.Tests.Support;

/// <summary>Candles by LINQ, for tests to compare with.</summary>
internal static class NaiveFold
{
    public static IReadOnlyList<Candle> Fold(IEnumerable<Trade> trades, Interval interval, long version = 1) =>
        [.. trades.GroupBy(t => interval.OpenTimeOf(t.TradeTimeUs)).OrderBy(g => g.Key).Select(g => FoldOne([.. g.OrderBy(t => t.TradeId)], interval, version))];

    private static Candle FoldOne(IReadOnlyList<Trade> trades, Interval interval, long version)
    {
        var taken = trades.Where(t => !t.IsBuyerMaker).ToList();
        return new Candle(
            trades[0].Instrument, interval, interval.OpenTimeOf(trades[0].TradeTimeUs), trades[0].Price, trades.Max(t => t.Price),
            trades.Min(t => t.Price), trades[^1].Price, trades.Sum(t => t.Quantity), trades.Sum(t => t.Price * t.Quantity), trades.Count,
            taken.Sum(t => t.Quantity), taken.Sum(t => t.Price * t.Quantity), trades[0].TradeId, trades[^1].TradeId,
            CandleState.Closed, Revision: 0, version, Complete: true);
    }
}
