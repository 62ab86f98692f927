using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Recomputing;
using Crypto.Aggregation.Series;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Running;

/// <summary>
/// Trades that the store has and the log no longer brings: storage was ahead when a broker's folder was deleted, or when
/// retention took records that were not folded yet. They are folded from the store. An id is lost when the ledger covered
/// it before the log's end was noted, and reading has come to that end without it.
/// </summary>
public sealed partial class LostTrades(
    RecomputationStore store, CandleUpdater updater, ITradeLog log, AggregationMetrics metrics, ILogger<LostTrades> logger)
{
    private const long MostIdsAtOnce = 50_000;

    // After that many looks an instrument without holes in its ids is only looked at when it gets one.
    private const int LooksAtStart = 3;

    /// <summary>Whether something may be lost of this instrument.</summary>
    public static bool MayLack(InstrumentState state) =>
        state.Lacking is not null || state.StoreLooks < LooksAtStart || state.Ranges.Ranges.Count > 1;

    /// <summary>Folds what is known to be lost, at most some ten thousand ids; looks for more where nothing is.</summary>
    public async Task FoldAsync(
        InstrumentState state, PartitionProgress progress, CandleChanges changes, long marketUs, CancellationToken cancellation)
    {
        if (state.Lacking is not { } lacking)
        {
            state.StoreLooks++;
            var ids = Unfolded(state, await store.CoveredAsync(state, cancellation).ConfigureAwait(false));
            if (ids.Count > 0) state.Lacking = new LackingIds(ids);
            return;
        }
        if (lacking.LogEnd is not { } end || progress.NextOffset < end) return;
        var lost = Unfolded(state, lacking.Ids);
        var now = Take(lost, MostIdsAtOnce);
        if (CountOf(now) == CountOf(lost)) state.Lacking = null;
        if (now.Count == 0) return;
        foreach (var (first, last) in now) await FoldAsync(state, first, last, cancellation).ConfigureAwait(false);
        await updater.MergeAsync(state, changes, marketUs, cancellation).ConfigureAwait(false);
        state.Batch.Clear();
        Report(state, now);
    }

    /// <summary>Notes how far the log has to be read before what is lacking counts as lost.</summary>
    public async Task NoteEndsAsync(IReadOnlyCollection<InstrumentState> states, CancellationToken cancellation)
    {
        var waiting = states.Select(state => (State: state, state.Lacking)).Where(w => w.Lacking is { LogEnd: null }).ToList();
        if (waiting.Count == 0) return;
        var ends = await log.EndsAsync([.. waiting.Select(w => w.State.Partition).Distinct()], cancellation).ConfigureAwait(false);
        foreach (var (state, lacking) in waiting)
            if (ends.TryGetValue(state.Partition, out var end) && state.Lacking == lacking) state.Lacking = lacking! with { LogEnd = end };
    }

    private async Task FoldAsync(InstrumentState state, long first, long last, CancellationToken cancellation)
    {
        var (_, voids) = await store.LedgerAsync(state, first, last, cancellation).ConfigureAwait(false);
        foreach (var (from, to) in voids.Ranges) state.Ranges.Cover(Math.Max(from, first), Math.Min(to, last));
        await foreach (var trade in store.TradesAsync(state, first, last, cancellation).ConfigureAwait(false))
        {
            if (!ExactTrade.TryCreate(trade, out var exact)) continue;
            if (state.Ranges.Add(trade.TradeId, trade.LastTradeId) != IdOverlap.None) continue;
            state.Batch.Add(trade.TradeTimeUs, exact);
            state.Note(trade);
        }
    }

    private void Report(InstrumentState state, List<(long First, long Last)> asked)
    {
        var folded = asked.Sum(range => state.Ranges.CountWithin(range.First, range.Last));
        metrics.FoldedFromStore(folded);
        if (folded > 0) Log.Folded(logger, state.Instrument.Key, folded, asked[0].First, asked[^1].Last);
        var left = CountOf(asked) - folded;
        if (left == 0) return;
        // The rows of an old day were dropped, or a number has too many digits: not to be asked for with every sweep.
        foreach (var (first, last) in asked) state.NotToBeHad.Cover(first, last);
        Log.NotToBeHad(logger, state.Instrument.Key, left, asked[0].First, asked[^1].Last);
    }

    private static long CountOf(List<(long First, long Last)> ranges) => ranges.Sum(range => range.Last - range.First + 1);

    private static List<(long First, long Last)> Unfolded(InstrumentState state, IReadOnlyList<(long First, long Last)> ids) =>
        [.. ids.SelectMany(range => state.Ranges.Outside(range.First, range.Last))
            .SelectMany(range => state.NotToBeHad.Outside(range.First, range.Last))];

    private static List<(long First, long Last)> Take(List<(long First, long Last)> ranges, long most)
    {
        var taken = new List<(long First, long Last)>();
        foreach (var (first, last) in ranges)
        {
            if (most <= 0) break;
            taken.Add((first, Math.Min(last, first + most - 1)));
            most -= taken[^1].Last - first + 1;
        }
        return taken;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Instrument}: {Count} ids of {First}..{Last} were in the store and did not come from the log; taken from the store")]
        public static partial void Folded(ILogger logger, string instrument, long count, long first, long last);

        [LoggerMessage(LogLevel.Warning, "{Instrument}: {Count} ids of {First}..{Last} came from no log, and the store has no trades of them that could be folded; their candles stay incomplete")]
        public static partial void NotToBeHad(ILogger logger, string instrument, long count, long first, long last);
    }
}

/// <summary>Ids that the store's ledger covers and that are not folded.</summary>
/// <param name="Ids">Disjoint ranges, lowest first.</param>
/// <param name="LogEnd">The offset at which the trades' log ended when the ledger had them already; null until it is asked.</param>
public sealed record LackingIds(IReadOnlyList<(long First, long Last)> Ids, long? LogEnd = null);
