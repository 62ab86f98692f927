using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>What a replay of one instrument found.</summary>
/// <param name="Trades">Trades folded.</param>
/// <param name="Candles">Candles rebuilt.</param>
/// <param name="Signals">What was computed from them; averages are as warm as the span is long.</param>
/// <param name="Alerts">What is out of the ordinary in them.</param>
/// <param name="NotCovered">Candles that began before the source does: no difference.</param>
/// <param name="Differences">Lines that the live candles do not have, after +, and lines that only they have, after -.</param>
public sealed record ReplayResult(
    long Trades, IReadOnlyList<Candle> Candles, IReadOnlyList<Signal> Signals, IReadOnlyList<Alert> Alerts, int NotCovered,
    IReadOnlyList<string> Differences);

/// <summary>Rebuilds candles and their signals from stored or logged trades, with the code that makes the live ones.</summary>
public sealed class CandleReplay(IReplaySource source, ReplayStore store, IReadOnlyList<Interval> intervals)
{
    private const int BatchSize = 50_000;

    /// <summary>
    /// Rebuilds the candles that lie wholly between the times and compares them with the live ones byte for byte, flat
    /// ones included between the first trade and the last.
    /// </summary>
    public async Task<ReplayResult> RunAsync(int id, Instrument instrument, long fromUs, long toUs, CancellationToken cancellation)
    {
        var ranges = await source.VoidsAsync(id, instrument, cancellation).ConfigureAwait(false);
        var lists = intervals.Select(i => new CandleList(instrument, i)).ToArray();
        var fold = new IntervalFold(intervals);
        var trades = 0L;
        await foreach (var trade in source.TradesAsync(id, instrument, fromUs, toUs, cancellation).ConfigureAwait(false))
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
        var (differences, notCovered) = await CompareAsync(instrument, candles, fromUs, toUs, cancellation).ConfigureAwait(false);
        var (signals, alerts) = SignalsOf(candles);
        return new ReplayResult(trades, candles, signals, alerts, notCovered, differences);
    }

    private static void Merge(IntervalFold fold, CandleList[] lists)
    {
        var folds = fold.Merged();
        for (var i = 0; i < lists.Length; i++) lists[i].Merge(folds[i], 0, new CandleChanges());
        fold.Clear();
    }

    private (List<Signal> Signals, List<Alert> Alerts) SignalsOf(List<Candle> candles)
    {
        var (signals, alerts) = (new List<Signal>(), new List<Alert>());
        var followed = intervals.Where(i => i.LengthUs >= Interval.OneMinute.LengthUs).ToList();
        foreach (var interval in followed)
        {
            var window = new CandleWindow([.. candles.Where(c => c.Interval == interval)]);
            for (var i = 0; i < window.Candles.Count; i++)
            {
                List<Alert> seen = interval == followed[0] ? [.. CandleSignals.Of(window, i)] : [];
                signals.Add(window.SignalAt(i, seen));
                alerts.AddRange(seen);
            }
        }
        return (signals, alerts);
    }

    private async Task<(List<string> Differences, int NotCovered)> CompareAsync(
        Instrument instrument, List<Candle> candles, long fromUs, long toUs, CancellationToken cancellation)
    {
        var (differences, notCovered) = (new List<string>(), 0);
        foreach (var interval in intervals)
        {
            var all = await store.CandlesAsync(instrument, interval, fromUs, toUs, cancellation).ConfigureAwait(false);
            var before = all.Where(c => c.FirstTradeId < source.LowestId).Select(c => c.OpenTimeUs).ToHashSet();
            var rebuilt = candles.Where(c => c.Interval == interval && !before.Contains(c.OpenTimeUs)).ToList();
            var (first, last) = SpanOf(rebuilt);
            // A flat candle at either end follows, or waits for, a trade outside of the span.
            var live = all.Where(c => c.CloseTimeUs < toUs && !before.Contains(c.OpenTimeUs)
                && (c.TradeCount > 0 || (c.OpenTimeUs > first && c.OpenTimeUs < last))).Select(CanonicalCandle.LineOf).ToHashSet();
            var lines = rebuilt.Where(c => c.TradeCount > 0 || (c.OpenTimeUs > first && c.OpenTimeUs < last)).Select(CanonicalCandle.LineOf).ToHashSet();
            differences.AddRange(lines.Except(live).Select(line => $"+ {line}"));
            differences.AddRange(live.Except(lines).Select(line => $"- {line}"));
            notCovered += before.Count;
        }
        return (differences, notCovered);
    }

    private static (long FirstUs, long LastUs) SpanOf(List<Candle> candles)
    {
        var traded = candles.Where(c => c.TradeCount > 0).Select(c => c.OpenTimeUs).ToList();
        return traded.Count == 0 ? (long.MaxValue, long.MinValue) : (traded.Min(), traded.Max());
    }
}
