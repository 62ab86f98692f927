using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>Rebuilds candles and their signals from stored or logged trades, with the code that makes the live ones.</summary>
public sealed class CandleReplay(IReplaySource source, ReplayStore store, IReadOnlyList<Interval> intervals)
{
    private const int BatchSize = 50_000;

    private readonly IReadOnlyList<Interval> _followed = AnalyticsService.Followed(intervals);

    /// <summary>
    /// Rebuilds the candles that lie wholly between the times, and what is computed from them, and compares both with the live ones
    /// byte for byte. Live candles before the span are where flat ones and indicators take up.
    /// </summary>
    public async Task<ReplayResult> RunAsync(int id, Instrument instrument, long fromUs, long toUs, CancellationToken cancellation)
    {
        var ranges = await source.VoidsAsync(id, instrument, cancellation).ConfigureAwait(false);
        var lists = new CandleList[intervals.Count];
        for (var i = 0; i < lists.Length; i++) lists[i] = await BeginAsync(id, instrument, intervals[i], fromUs, ranges, cancellation).ConfigureAwait(false);
        var trades = await FoldAsync(id, instrument, fromUs, toUs, ranges, lists, cancellation).ConfigureAwait(false);
        var result = new ReplayResult { Trades = trades };
        foreach (var list in lists)
        {
            // Whether the settings ask for flat candles can be seen by them only.
            var makeFlats = await store.HasFlatsAsync(id, list.Interval, cancellation).ConfigureAwait(false);
            list.AlignFlats(ranges, makeFlats, new CandleChanges());
            var candles = list.Rows.Where(row => row.OpenTimeUs >= fromUs && row.EndUs <= toUs).Select(row => row.ToCandle(instrument)).ToList();
            result.Candles.AddRange(candles);
            await CompareAsync(id, instrument, list.Interval, candles, fromUs, toUs, result, cancellation).ConfigureAwait(false);
        }
        return result;
    }

    // The newest candle before the span hands its close on to flat ones, if the next trade follows it without a missing id.
    private async Task<CandleList> BeginAsync(
        int id, Instrument instrument, Interval interval, long fromUs, IdRanges ranges, CancellationToken cancellation)
    {
        var before = await store.RowsBeforeAsync(id, interval, fromUs, 1, cancellation).ConfigureAwait(false);
        foreach (var row in before)
            if (row.AnchorId >= 0) ranges.Cover(row.AnchorId, row.AnchorId);
        return new CandleList(instrument, interval, before);
    }

    private async Task<long> FoldAsync(
        int id, Instrument instrument, long fromUs, long toUs, IdRanges ranges, CandleList[] lists, CancellationToken cancellation)
    {
        var fold = new IntervalFold(intervals);
        var trades = 0L;
        await foreach (var trade in source.TradesAsync(id, instrument, fromUs, toUs, cancellation).ConfigureAwait(false))
        {
            ranges.Cover(trade.TradeId, trade.LastTradeId);
            if (ExactTrade.TryCreate(trade, out var exact)) fold.Add(trade.TradeTimeUs, exact);
            if (++trades % BatchSize == 0) Merge();
        }
        Merge();
        return trades;

        void Merge()
        {
            var folds = fold.Merged();
            for (var i = 0; i < lists.Length; i++) lists[i].Merge(folds[i], 0, new CandleChanges());
            fold.Clear();
        }
    }

    private async Task CompareAsync(
        int id, Instrument instrument, Interval interval, List<Candle> candles, long fromUs, long toUs, ReplayResult result,
        CancellationToken cancellation)
    {
        var live = await store.RowsAsync(id, interval, fromUs, toUs, cancellation).ConfigureAwait(false);
        var skipped = live.Where(row => row.Skipped).Select(row => row.OpenTimeUs).ToHashSet();
        var uncovered = live.Where(row => !row.IsFlat && row.Fragment.FirstId < source.LowestId).Select(row => row.OpenTimeUs).ToHashSet();
        result.NotCovered += uncovered.Count;
        var rebuilt = candles.Where(c => !uncovered.Contains(c.OpenTimeUs)).ToList();
        if (rebuilt.Count == 0)
        {
            result.Differ([], live.Where(row => row.EndUs <= toUs && !row.IsFlat && !uncovered.Contains(row.OpenTimeUs)).Select(Line));
            return;
        }
        // Flat candles before the first rebuilt one wait for a missing id, those behind the last for a trade outside of the span.
        var (firstUs, lastUs) = (rebuilt[0].OpenTimeUs, rebuilt[^1].OpenTimeUs);
        result.Differ(
            rebuilt.Select(CanonicalCandle.LineOf),
            live.Where(row => row.EndUs <= toUs && !uncovered.Contains(row.OpenTimeUs)
                && (!row.IsFlat || (row.OpenTimeUs >= firstUs && row.OpenTimeUs <= lastUs))).Select(Line));
        if (_followed.Contains(interval))
            await SignalAsync(id, instrument, interval, [.. rebuilt.Where(c => !skipped.Contains(c.OpenTimeUs))], result, cancellation).ConfigureAwait(false);

        string Line(CandleRow row) => CanonicalCandle.LineOf(row.ToCandle(instrument));
    }

    private async Task SignalAsync(
        int id, Instrument instrument, Interval interval, List<Candle> rebuilt, ReplayResult result, CancellationToken cancellation)
    {
        if (rebuilt.Count == 0) return;
        // One more than indicators look back on: one may be a first candle that is skipped.
        var before = await store.RowsBeforeAsync(id, interval, rebuilt[0].OpenTimeUs, CandleWindow.WarmUp + 1, cancellation).ConfigureAwait(false);
        var warm = before.Where(row => row is { Skipped: false, State: > CandleState.Live }).TakeLast(CandleWindow.WarmUp).Select(row => row.ToCandle(instrument)).ToList();
        var window = new CandleWindow([.. warm, .. rebuilt]);
        var signals = new List<Signal>();
        for (var i = warm.Count; i < window.Candles.Count; i++)
        {
            var seen = AnalyticsService.SeenIn(_followed, window, i);
            signals.Add(window.SignalAt(i, seen));
            result.Alerts.AddRange(seen);
        }
        result.Signals.AddRange(signals);
        var live = await store.SignalsAsync(id, instrument, interval, rebuilt[0].OpenTimeUs, rebuilt[^1].OpenTimeUs + 1, cancellation).ConfigureAwait(false);
        var known = live.Select(s => s.OpenTimeUs).ToHashSet();
        var compared = signals.Where(s => known.Contains(s.OpenTimeUs)).ToList();
        result.SignalsCompared += compared.Count;
        result.Differ(compared.Select(CanonicalSignal.LineOf), live.Select(CanonicalSignal.LineOf));
    }
}
