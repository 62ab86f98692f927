using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Running;
using Crypto.Aggregation.Series;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Recomputing;

/// <summary>
/// Computes settled candles anew that got late trades: the shortest interval from the stored trades, the longer ones from
/// the candles of the next shorter. It waits until the store's ledger holds every id that was folded of a candle; that is
/// when storage has passed the late trade, and holds for a log that was made anew, too.
/// </summary>
public sealed partial class Recomputer(
    RecomputationStore store, StateLoader loader, CandleUpdater updater, AggregationOptions options, ILogger<Recomputer> logger)
{
    private readonly IReadOnlyList<Interval> _intervals = options.ParsedIntervals;

    private const int MostAtOnce = 500;

    // Trade times follow the ids but for small steps back; the bound is for the partitions that a query has to look into.
    private const long TimeSlackUs = 3600 * UnixTime.MicrosecondsPerSecond;

    /// <summary>Recomputes what is ready, at most some hundred candles of each interval, and adds it to the changes.</summary>
    public async Task RunAsync(InstrumentState state, CandleChanges changes, long marketUs, CancellationToken cancellation)
    {
        for (var i = 0; i < _intervals.Count; i++)
        {
            if (!state.Awaited.Any(a => a.IntervalUs == _intervals[i].LengthUs)) continue;
            var stretch = await NextStretchAsync(state, _intervals[i], cancellation).ConfigureAwait(false);
            var ready = await FoldAsync(state, i, stretch, changes, cancellation).ConfigureAwait(false);
            if (ready.Count == 0) continue;
            await ReplaceAsync(state, i, ready, changes, marketUs, cancellation).ConfigureAwait(false);
        }
    }

    // One stretch of candles at a time, and behind the last one the oldest again: those that are not ready hold up no others.
    private async Task<List<Recomputation>> NextStretchAsync(InstrumentState state, Interval interval, CancellationToken cancellation)
    {
        var lookedAtUs = state.LookedAtUs.GetValueOrDefault(interval.LengthUs, long.MinValue);
        var queued = await store.QueuedAsync(state, interval, lookedAtUs, MostAtOnce, cancellation).ConfigureAwait(false);
        if (queued.Count == 0 && lookedAtUs != long.MinValue)
            queued = await store.QueuedAsync(state, interval, long.MinValue, MostAtOnce, cancellation).ConfigureAwait(false);
        List<Recomputation> stretch =
            [.. queued.TakeWhile(entry => entry.OpenTimeUs - queued[0].OpenTimeUs <= 4 * MostAtOnce * entry.Interval.LengthUs)];
        state.LookedAtUs[interval.LengthUs] = stretch.Count == 0 ? long.MinValue : stretch[^1].OpenTimeUs;
        return stretch;
    }

    private async Task<List<(Recomputation Entry, Fragment Fragment)>> FoldAsync(
        InstrumentState state, int interval, List<Recomputation> queued, CandleChanges changes, CancellationToken cancellation)
    {
        var ready = new List<(Recomputation, Fragment)>();
        if (queued.Count == 0) return ready;
        var rows = await RowsAsync(state, interval, queued[0].OpenTimeUs, queued[^1].OpenTimeUs, cancellation).ConfigureAwait(false);
        var hulls = queued.ConvertAll(entry => HullOf(entry, rows));
        var ledger = await store.LedgerAsync(state, hulls.Min(h => h.First), hulls.Max(h => h.Last), cancellation).ConfigureAwait(false);
        for (var i = 0; i < queued.Count; i++)
        {
            if (!IsStored(state.Ranges, ledger.Stored, hulls[i])) continue;
            // A shorter interval that was turned on later does not reach back to all candles.
            var fromTrades = interval == 0 || queued[i].OpenTimeUs < state.Newest[interval - 1].SinceUs;
            var fragment = fromTrades
                ? await FoldTradesAsync(state, queued[i], hulls[i], ledger.Void, cancellation).ConfigureAwait(false)
                : await FoldCandlesAsync(state, interval, queued[i], changes, cancellation).ConfigureAwait(false);
            if (fragment is { } found) ready.Add((queued[i], found));
        }
        return ready;
    }

    private async Task ReplaceAsync(
        InstrumentState state, int interval, List<(Recomputation Entry, Fragment Fragment)> ready, CandleChanges changes, long marketUs,
        CancellationToken cancellation)
    {
        foreach (var (entry, _) in ready)
        {
            state.Awaited.Remove((entry.Interval.LengthUs, entry.OpenTimeUs));
            state.Incomputable.Remove((entry.Interval.LengthUs, entry.OpenTimeUs));
        }
        var keptFromUs = state.Newest[interval].IsEmpty ? long.MinValue : state.Newest[interval].FirstOpenUs;
        var older = ready.Where(r => r.Entry.OpenTimeUs < keptFromUs).Select(r => r.Entry.OpenTimeUs).ToList();
        var (firstUs, lastUs) = older.Count == 0 ? (long.MaxValue, long.MinValue) : (older[0], older[^1]);
        await updater.UpdateAsync(state, interval, firstUs, lastUs, changes, cancellation, list =>
        {
            foreach (var (entry, fragment) in ready)
                if (list.Spans(entry.OpenTimeUs)) list.Replace(entry.OpenTimeUs, fragment, marketUs, changes);
        }).ConfigureAwait(false);
        changes.Done.AddRange(ready.Select(r => r.Entry));
    }

    private async Task<Fragment?> FoldTradesAsync(
        InstrumentState state, Recomputation entry, (long First, long Last) hull, IdRanges voids, CancellationToken cancellation)
    {
        var endUs = entry.OpenTimeUs + entry.Interval.LengthUs;
        var fragment = default(Fragment);
        var ids = 0L;
        var trades = store.TradesAsync(
            state, hull.First, hull.Last, entry.OpenTimeUs - TimeSlackUs, endUs + TimeSlackUs, cancellation);
        await foreach (var trade in trades.ConfigureAwait(false))
        {
            // The store may be ahead: what is not folded yet comes through the log.
            if (!state.Ranges.Contains(trade.TradeId, trade.LastTradeId)) continue;
            ids += trade.Count;
            if (trade.TradeTimeUs < entry.OpenTimeUs || trade.TradeTimeUs >= endUs) continue;
            if (ExactTrade.TryCreate(trade, out var exact)) fragment.Add(exact);
        }
        var expected = state.Ranges.CountWithin(hull.First, hull.Last) - voids.CountWithin(hull.First, hull.Last);
        if (ids == expected && !fragment.IsEmpty) return fragment;
        if (state.Incomputable.Add((entry.Interval.LengthUs, entry.OpenTimeUs)))
            Log.TradesMissing(logger, state.Instrument.Key, entry.Interval.Name, UnixTime.ToRfc3339(entry.OpenTimeUs), ids, expected);
        return null;
    }

    private async Task<Fragment?> FoldCandlesAsync(
        InstrumentState state, int interval, Recomputation entry, CandleChanges changes, CancellationToken cancellation)
    {
        var (finer, endUs) = (_intervals[interval - 1], entry.OpenTimeUs + entry.Interval.LengthUs);
        for (var openUs = entry.OpenTimeUs; openUs < endUs; openUs += finer.LengthUs)
            if (state.Awaited.Contains((finer.LengthUs, openUs))) return null;
        // Those recomputed in this transaction are newer than the table.
        var rows = await RowsAsync(state, interval - 1, entry.OpenTimeUs, endUs - finer.LengthUs, cancellation).ConfigureAwait(false);
        foreach (var row in changes.Rows)
            if (row.Interval == finer && row.OpenTimeUs >= entry.OpenTimeUs && row.OpenTimeUs < endUs) rows[row.OpenTimeUs] = row;
        var fragment = default(Fragment);
        foreach (var row in rows.Values)
            if (row.OpenTimeUs >= entry.OpenTimeUs && row.OpenTimeUs < endUs) fragment.Merge(row.Fragment);
        return fragment;
    }

    private async Task<Dictionary<long, CandleRow>> RowsAsync(
        InstrumentState state, int interval, long firstUs, long lastUs, CancellationToken cancellation)
    {
        var stretch = await loader.LoadStretchAsync(
            state, _intervals[interval], firstUs, lastUs, lastUs + _intervals[interval].LengthUs, cancellation).ConfigureAwait(false);
        return stretch.Rows.ToDictionary(row => row.OpenTimeUs);
    }

    private static (long First, long Last) HullOf(Recomputation entry, Dictionary<long, CandleRow> rows) =>
        rows.TryGetValue(entry.OpenTimeUs, out var row) && !row.IsFlat
            ? (Math.Min(entry.FirstId, row.Fragment.FirstId), Math.Max(entry.LastId, row.Fragment.LastId))
            : (entry.FirstId, entry.LastId);

    private static bool IsStored(IdRanges folded, IdRanges stored, (long First, long Last) hull) =>
        folded.Ranges.Where(r => r.First <= hull.Last && r.Last >= hull.First)
            .All(r => stored.Contains(Math.Max(r.First, hull.First), Math.Min(r.Last, hull.Last)));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning,
            "Candle {Instrument} {Interval} of {OpenTime} cannot be computed anew: {Found} of its {Expected} trades are stored")]
        public static partial void TradesMissing(
            ILogger logger, string instrument, string interval, string openTime, long found, long expected);
    }
}
