using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Aggregation.Store;

namespace Crypto.Aggregation.Running;

/// <summary>Brings what was folded, and what time does, to the candles of one instrument.</summary>
public sealed class CandleUpdater(StateLoader loader, AggregationOptions options)
{
    private readonly long _latenessUs = (long)options.AllowedLateness.TotalMicroseconds;

    /// <summary>Merges the trades of the batch under way.</summary>
    public async Task MergeAsync(InstrumentState state, CandleChanges changes, long marketUs, CancellationToken cancellation)
    {
        var folds = state.Batch.Merged();
        for (var i = 0; i < folds.Count; i++)
        {
            var fold = folds[i];
            if (fold.Count == 0) continue;
            var (firstUs, lastUs) = OpenTimesBefore(fold, state.Newest[i]);
            await UpdateAsync(state, i, firstUs, lastUs, changes, cancellation,
                list => list.Merge(fold, marketUs, changes)).ConfigureAwait(false);
        }
        foreach (var queued in changes.Queued) state.Awaited.Add((queued.Interval.LengthUs, queued.OpenTimeUs));
    }

    /// <summary>
    /// Calls <paramref name="update"/> with the kept candles and, where <paramref name="lastUs"/> is not below
    /// <paramref name="firstUs"/>, with the stretch of older ones that spans these open times: with both as one list
    /// where nothing was traded between them.
    /// </summary>
    public async Task UpdateAsync(
        InstrumentState state, int interval, long firstUs, long lastUs, CandleChanges changes, CancellationToken cancellation,
        Action<CandleList> update)
    {
        var newest = state.Newest[interval];
        if (lastUs < firstUs)
        {
            Update(newest, long.MinValue, long.MaxValue);
            return;
        }
        state.NeedsSweep = true;
        var keptFromUs = newest.FirstOpenUs;
        var stretch = await loader.LoadStretchAsync(state, newest.Interval, firstUs, lastUs, keptFromUs, cancellation).ConfigureAwait(false);
        if (stretch.Rows.Any(row => row.OpenTimeUs > lastUs && !row.IsFlat))
        {
            Update(stretch, long.MinValue, keptFromUs);
            Update(newest, keptFromUs, long.MaxValue);
            return;
        }
        stretch.Append(newest);
        Update(stretch, long.MinValue, long.MaxValue);
        newest.TakeFrom(stretch, keptFromUs);

        void Update(CandleList list, long fromUs, long toUs)
        {
            list.SpanUs = (Math.Max(fromUs, newest.SinceUs), toUs);
            update(list);
            list.AlignFlats(state.Ranges, options.FlatCandles, changes);
            changes.Rows.AddRange(list.Rows);
        }
    }

    /// <summary>Makes flat candles up to the horizon.</summary>
    public void Extend(InstrumentState state, CandleChanges changes, long horizonUs, int most)
    {
        foreach (var list in state.Newest)
        {
            if (options.FlatCandles) list.ExtendTo(horizonUs, most);
            changes.Rows.AddRange(list.Rows);
        }
    }

    /// <summary>Sets state and completeness of every row that was looked at.</summary>
    public void Settle(InstrumentState state, CandleChanges changes, long marketUs)
    {
        var rules = new CandleRules(state.Ranges, marketUs, _latenessUs, options.SkipPartialFirst);
        foreach (var row in changes.Rows) rules.Settle(row, state.IsAwaited(row));
    }

    private static (long FirstUs, long LastUs) OpenTimesBefore(BucketFold fold, CandleList newest)
    {
        var (firstUs, lastUs) = (long.MaxValue, long.MinValue);
        for (var slot = 0; slot < fold.Count && !newest.IsEmpty; slot++)
        {
            var openUs = fold.OpenTimeOf(slot);
            if (openUs >= newest.FirstOpenUs) continue;
            firstUs = Math.Min(firstUs, openUs);
            lastUs = Math.Max(lastUs, openUs);
        }
        return (firstUs, lastUs);
    }
}
