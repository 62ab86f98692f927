using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>What a replay of one instrument found.</summary>
/// <param name="Trades">Stored trades folded.</param>
/// <param name="Candles">Candles rebuilt.</param>
/// <param name="Alerts">Signals seen in them.</param>
/// <param name="Differences">Lines that the live candles do not have, after +, and lines that only they have, after -.</param>
public sealed record ReplayResult(long Trades, IReadOnlyList<Candle> Candles, IReadOnlyList<Alert> Alerts, IReadOnlyList<string> Differences);

/// <summary>Rebuilds candles and their signals from the stored trades, with the code that makes the live ones.</summary>
public sealed class CandleReplay(ReplayStore store, IReadOnlyList<Interval> intervals)
{
    private const int BatchSize = 50_000;

    /// <summary>
    /// Rebuilds the candles that lie wholly between the times and compares them with the live ones byte for byte, flat
    /// ones included between the first trade and the last.
    /// </summary>
    public async Task<ReplayResult> RunAsync(int id, Instrument instrument, long fromUs, long toUs, CancellationToken cancellation)
    {
        var ranges = await store.VoidsAsync(id, cancellation).ConfigureAwait(false);
        var lists = intervals.Select(i => new CandleList(instrument, i)).ToArray();
        var fold = new IntervalFold(intervals);
        var trades = 0L;
        await foreach (var trade in store.TradesAsync(id, instrument, fromUs, toUs, cancellation).ConfigureAwait(false))
        {
            ranges.Cover(trade.TradeId, trade.LastTradeId);
            if (ExactTrade.TryCreate(trade, out var exact)) fold.Add(trade.TradeTimeUs, exact);
            if (++trades % BatchSize == 0) Merge(fold, lists);
        }
        Merge(fold, lists);
        var candles = new List<Candle>();
        foreach (var list in lists)
        {
            list.AlignFlats(ranges, makeFlats: true, new CandleChanges());
            candles.AddRange(list.Rows.Where(row => row.OpenTimeUs >= fromUs && row.EndUs <= toUs).Select(row => row.ToCandle(instrument)));
        }
        var differences = await CompareAsync(instrument, candles, fromUs, toUs, cancellation).ConfigureAwait(false);
        return new ReplayResult(trades, candles, [.. Signals(candles)], differences);
    }

    private static void Merge(IntervalFold fold, CandleList[] lists)
    {
        var folds = fold.Merged();
        for (var i = 0; i < lists.Length; i++) lists[i].Merge(folds[i], 0, new CandleChanges());
        fold.Clear();
    }

    private IEnumerable<Alert> Signals(List<Candle> candles)
    {
        var interval = intervals.FirstOrDefault(i => i.LengthUs >= Interval.OneMinute.LengthUs);
        var window = new CandleWindow([.. candles.Where(c => c.Interval == interval)]);
        return Enumerable.Range(0, window.Candles.Count).SelectMany(i => CandleSignals.Of(window, i));
    }

    private async Task<List<string>> CompareAsync(
        Instrument instrument, List<Candle> candles, long fromUs, long toUs, CancellationToken cancellation)
    {
        var differences = new List<string>();
        foreach (var interval in intervals)
        {
            var rebuilt = candles.Where(c => c.Interval == interval).Select(CanonicalCandle.LineOf).ToHashSet();
            var (first, last) = SpanOf(candles, interval);
            var live = (await store.CandlesAsync(instrument, interval, fromUs, toUs, cancellation).ConfigureAwait(false))
                // A flat candle at either end follows, or waits for, a trade outside of the span.
                .Where(c => c.CloseTimeUs < toUs && (c.TradeCount > 0 || (c.OpenTimeUs > first && c.OpenTimeUs < last)))
                .Select(CanonicalCandle.LineOf).ToHashSet();
            differences.AddRange(rebuilt.Except(live).Select(line => $"+ {line}"));
            differences.AddRange(live.Except(rebuilt).Select(line => $"- {line}"));
        }
        return differences;
    }

    private static (long FirstUs, long LastUs) SpanOf(List<Candle> candles, Interval interval)
    {
        var traded = candles.Where(c => c.Interval == interval && c.TradeCount > 0).Select(c => c.OpenTimeUs).ToList();
        return traded.Count == 0 ? (long.MaxValue, long.MinValue) : (traded.Min(), traded.Max());
    }
}
