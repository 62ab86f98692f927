using System.Globalization;
using Crypto.Contracts;

namespace Crypto.Aggregation.Reconciling;

/// <summary>A field in which a candle differs from the exchange's.</summary>
public sealed record FieldDifference(long OpenTimeUs, string Field, string Ours, string Theirs);

/// <summary>Our candles beside the exchange's own.</summary>
/// <param name="Compared">Candles compared.</param>
/// <param name="Equal">Those equal in all nine fields.</param>
/// <param name="NotCovered">Open times of the exchange's candles of which we do not claim to have every trade: no difference.</param>
/// <param name="Differences">Fields that differ, in the order of time; the field <c>candle</c> where the exchange has none.</param>
public sealed record Reconciliation(int Compared, int Equal, IReadOnlyList<long> NotCovered, IReadOnlyList<FieldDifference> Differences)
{
    /// <summary>Equal by compared, 1 where nothing was compared.</summary>
    public double Score => Compared == 0 ? 1 : (double)Equal / Compared;

    /// <summary>
    /// Compares numerically. A candle is covered when it is complete; a live one only if it counts as many trades as theirs,
    /// since it may be still open. A covered candle with trades that they do not have differs as a whole. Both sides must span
    /// the same time.
    /// </summary>
    public static Reconciliation Compare(IEnumerable<Candle> ours, IEnumerable<Kline> theirs)
    {
        var candles = ours.ToDictionary(candle => candle.OpenTimeUs);
        var (compared, equal) = (0, 0);
        var (notCovered, differences) = (new List<long>(), new List<FieldDifference>());
        var klines = theirs.OrderBy(k => k.OpenTimeUs).ToList();
        foreach (var kline in klines)
        {
            if (!candles.TryGetValue(kline.OpenTimeUs, out var candle) || !IsCovered(candle, kline))
            {
                notCovered.Add(kline.OpenTimeUs);
                continue;
            }
            compared++;
            var found = FieldsThatDiffer(candle, kline).ToList();
            if (found.Count == 0) equal++;
            differences.AddRange(found);
        }
        foreach (var kline in klines) candles.Remove(kline.OpenTimeUs);
        var lacking = candles.Values.Where(IsTraded).Select(WhollyDifferent).ToList();
        return new Reconciliation(
            compared + lacking.Count, equal, notCovered, [.. differences.Concat(lacking).OrderBy(d => d.OpenTimeUs)]);
    }

    // A flat candle says that nothing was traded, which an exchange that has no candle does not contradict.
    private static bool IsTraded(Candle candle) => candle is { Complete: true, State: not CandleState.Live, TradeCount: > 0 };

    private static FieldDifference WhollyDifferent(Candle ours) =>
        new(ours.OpenTimeUs, "candle", string.Create(CultureInfo.InvariantCulture, $"{ours.TradeCount} trades"), "none");

    private static bool IsCovered(Candle candle, Kline kline) =>
        candle.Complete && (candle.State != CandleState.Live || candle.TradeCount == kline.TradeCount);

    private static IEnumerable<FieldDifference> FieldsThatDiffer(Candle ours, Kline theirs)
    {
        (string Field, decimal Ours, decimal Theirs)[] fields =
        [
            ("open", ours.Open, theirs.Open), ("high", ours.High, theirs.High), ("low", ours.Low, theirs.Low),
            ("close", ours.Close, theirs.Close), ("volume", ours.Volume, theirs.Volume),
            ("quoteVolume", ours.QuoteVolume, theirs.QuoteVolume), ("tradeCount", ours.TradeCount, theirs.TradeCount),
            ("takerBuyVolume", ours.TakerBuyVolume, theirs.TakerBuyVolume),
            ("takerBuyQuoteVolume", ours.TakerBuyQuoteVolume, theirs.TakerBuyQuoteVolume),
        ];
        return fields.Where(f => f.Ours != f.Theirs).Select(f => new FieldDifference(
            ours.OpenTimeUs, f.Field, PlainText.Of(f.Ours), PlainText.Of(f.Theirs)));
    }
}
