using Crypto.Contracts;

namespace Crypto.Aggregation.Folding;

/// <summary>
/// Folds trades into several intervals at once. A trade is folded into the shortest interval only; the longer ones, which
/// it divides, are merged from it when they are asked for. That is exact, and as fast for seven intervals as for one.
/// </summary>
public sealed class IntervalFold
{
    private readonly BucketFold[] _folds;
    private bool _merged = true;

    /// <param name="intervals">Shortest first, each dividing the next.</param>
    public IntervalFold(IReadOnlyList<Interval> intervals)
    {
        if (intervals.Count == 0) throw new ArgumentException("no interval", nameof(intervals));
        for (var i = 1; i < intervals.Count; i++)
            if (intervals[i].LengthUs % intervals[i - 1].LengthUs != 0 || intervals[i].LengthUs == intervals[i - 1].LengthUs)
                throw new ArgumentException($"{intervals[i - 1]} does not divide {intervals[i]}", nameof(intervals));
        _folds = [.. intervals.Select(i => new BucketFold(i))];
    }

    public bool IsEmpty => _folds[0].Count == 0;

    public void Add(long tradeTimeUs, in ExactTrade trade)
    {
        _folds[0].Add(tradeTimeUs, trade);
        _merged = false;
    }

    /// <summary>The folds, one for each interval, shortest first; valid until the next <see cref="Add"/>.</summary>
    public IReadOnlyList<BucketFold> Merged()
    {
        if (_merged) return _folds;
        for (var i = 1; i < _folds.Length; i++)
        {
            _folds[i].Clear();
            _folds[i].AddAll(_folds[i - 1]);
        }
        _merged = true;
        return _folds;
    }

    public void Clear()
    {
        foreach (var fold in _folds) fold.Clear();
        _merged = true;
    }
}
