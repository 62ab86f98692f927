using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Publishing;
using Crypto.Aggregation.Recomputing;
using Crypto.Aggregation.Series;
using Crypto.Aggregation.Store;
using Crypto.Contracts;

namespace Crypto.Aggregation.Running;

/// <summary>
/// What must happen without a trade to cause it: candles close, flat ones appear, late trades are taken in, old candles
/// settle, gaps that stay are bridged, deliveries are marked.
/// </summary>
public sealed class IdleWork(
    OwnedInstruments owned, CandleUpdater updater, Recomputer recomputer, GapFlats gaps, LostTrades lost, StateLoader loader, CandleCommit commit,
    CandlePublisher publisher, ChangedCandles changed, PublishedMarks marks, MarketTime market, AggregationMetrics metrics)
{
    private const int MostFlatsAtOnce = 5_000;

    /// <summary>The idle timer: closes, extends and recomputes.</summary>
    public Task TickAsync(CancellationToken cancellation) => ForEachAsync(async (state, changes, marketUs) =>
    {
        if (marketUs == 0 || owned.ProgressOf(state.Partition) is not { } progress) return;
        updater.Extend(state, changes, progress.HorizonUs(marketUs), MostFlatsAtOnce);
        if (state.Awaited.Count > 0) await recomputer.RunAsync(state, changes, marketUs, cancellation).ConfigureAwait(false);
    }, cancellation);

    /// <summary>The slower timer: takes in what the log lost, settles older candles and bridges gaps that stay.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        var looked = new List<InstrumentState>();
        await ForEachAsync(async (state, changes, marketUs) =>
        {
            if (owned.ProgressOf(state.Partition) is { } progress && LostTrades.MayLack(state))
            {
                await lost.FoldAsync(state, progress, changes, marketUs, cancellation).ConfigureAwait(false);
                looked.Add(state);
            }
            await SettleOlderAsync(state, changes, marketUs, cancellation).ConfigureAwait(false);
        }, cancellation).ConfigureAwait(false);
        // Not while everybody waits for this turn to end: a broker that is away answers late.
        await lost.NoteEndsAsync(looked, cancellation).ConfigureAwait(false);
    }

    private async Task SettleOlderAsync(InstrumentState state, CandleChanges changes, long marketUs, CancellationToken cancellation)
    {
        if (!state.NeedsSweep && state.Ranges.Ranges.Count < 2) return;
        state.NeedsSweep = false;
        foreach (var list in state.Newest)
        {
            if (list.IsEmpty) continue;
            var rows = await loader.UnsettledBeforeAsync(state, list.Interval, list.FirstOpenUs, cancellation).ConfigureAwait(false);
            changes.Rows.AddRange(rows);
            if (rows.Count > 0) state.NeedsSweep = true;
        }
        if (await gaps.FillAsync(state, changes, marketUs, cancellation).ConfigureAwait(false)) state.MustReload = true;
    }

    /// <summary>Marks delivered candles.</summary>
    public Task MarkAsync(CancellationToken cancellation) => LockedAsync(
        () => marks.WriteAsync(publisher.TakeDelivered(), cancellation), cancellation);

    /// <summary>Brings market time up to what other processes have folded.</summary>
    public async Task ReadMarketTimeAsync(CancellationToken cancellation)
    {
        if (market.Source?.Clock != MarketClock.Now) market.Note(await loader.NewestEventAsync(cancellation).ConfigureAwait(false));
    }

    private Task ForEachAsync(Func<InstrumentState, CandleChanges, long, Task> action, CancellationToken cancellation) => LockedAsync(async () =>
    {
        await owned.RestoreAsync(cancellation).ConfigureAwait(false);
        foreach (var state in owned.States.ToList())
        {
            try
            {
                await RunAsync(state, action, cancellation).ConfigureAwait(false);
            }
            catch
            {
                owned.Forget(state);
                throw;
            }
        }
        metrics.Waiting(owned.States.Sum(s => s.Awaited.Count));
    }, cancellation);

    private async Task RunAsync(
        InstrumentState state, Func<InstrumentState, CandleChanges, long, Task> action, CancellationToken cancellation)
    {
        var changes = new CandleChanges();
        var marketUs = market.For(state);
        await action(state, changes, marketUs).ConfigureAwait(false);
        updater.Settle(state, changes, marketUs);
        if (changes.Done.Count == 0 && !state.Ranges.HasChanges && !changes.Rows.Exists(row => row.IsDirty)) return;
        var candles = await commit.RunAsync([], [new InstrumentWork(state, changes)], cancellation).ConfigureAwait(false);
        publisher.Enqueue(candles);
        changed.Note(candles);
        metrics.Committed(candles.Count, changes.Queued.Count, changes.Replaced.Count);
        metrics.Recomputed(changes.Done.Count);
        foreach (var list in state.Newest) list.Evict();
        if (state.MustReload) owned.Forget(state);
    }

    private async Task LockedAsync(Func<Task> action, CancellationToken cancellation)
    {
        await owned.Gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
        }
        finally
        {
            owned.Gate.Release();
        }
    }
}
