namespace Crypto.Aggregation.Folding;

/// <summary>How a new range of ids relates to those known.</summary>
public enum IdOverlap : byte
{
    /// <summary>None of the ids was known; they were added.</summary>
    None,

    /// <summary>All of the ids were known; nothing was added.</summary>
    Whole,

    /// <summary>Some were known; nothing was added.</summary>
    Partial,
}

/// <summary>
/// A set of trade ids as contiguous ranges, never overlapping or touching. It remembers which ranges changed since
/// <see cref="AcceptChanges"/>, so that a transaction writes only those. Not thread-safe.
/// </summary>
public sealed class IdRanges
{
    private readonly List<(long First, long Last)> _ranges = [];
    private readonly HashSet<long> _removed = [];
    private readonly HashSet<long> _changed = [];

    public IdRanges(IEnumerable<(long First, long Last)>? ranges = null)
    {
        foreach (var (first, last) in ranges ?? []) Cover(first, last);
        AcceptChanges();
    }

    /// <summary>Lowest first.</summary>
    public IReadOnlyList<(long First, long Last)> Ranges => _ranges;

    /// <summary>First ids of ranges that no longer begin there.</summary>
    public IReadOnlyCollection<long> Removed => _removed;

    /// <summary>Ranges that are new or longer than before.</summary>
    public IEnumerable<(long First, long Last)> Changed => _changed.Select(first => _ranges[Floor(first)]);

    public bool HasChanges => _removed.Count + _changed.Count > 0;

    /// <summary>The highest id, or -1 where there is none.</summary>
    public long HighestId => _ranges.Count == 0 ? -1 : _ranges[^1].Last;

    /// <summary>Whether every id from first to last is known.</summary>
    public bool Contains(long first, long last)
    {
        var i = Floor(first);
        return i >= 0 && _ranges[i].Last >= last;
    }

    /// <summary>How many ids from first to last are known.</summary>
    public long CountWithin(long first, long last)
    {
        var count = 0L;
        for (var i = Math.Max(Floor(first), 0); i < _ranges.Count && _ranges[i].First <= last; i++)
            count += Math.Max(0, Math.Min(last, _ranges[i].Last) - Math.Max(first, _ranges[i].First) + 1);
        return count;
    }

    /// <summary>The ids from first to last that are not known.</summary>
    public List<(long First, long Last)> Outside(long first, long last)
    {
        var outside = new List<(long, long)>();
        for (var i = Math.Max(Floor(first), 0); i < _ranges.Count && _ranges[i].First <= last; i++)
        {
            if (_ranges[i].First > first) outside.Add((first, _ranges[i].First - 1));
            first = Math.Max(first, _ranges[i].Last + 1);
        }
        if (first <= last) outside.Add((first, last));
        return outside;
    }

    /// <summary>
    /// Adds the ids of one event, if none of them is known. An aggregate of which some trades are known says nothing of
    /// the others alone, so it is not taken; storage decides alike.
    /// </summary>
    public IdOverlap Add(long first, long last)
    {
        if (_ranges.Count > 0 && first == _ranges[^1].Last + 1)
        {
            Extend(_ranges.Count - 1, last);
            return IdOverlap.None;
        }
        if (Contains(first, last)) return IdOverlap.Whole;
        if (first != last && CountWithin(first, last) > 0) return IdOverlap.Partial;
        Cover(first, last);
        return IdOverlap.None;
    }

    /// <summary>Adds those of the ids that are not known. False where all are.</summary>
    public bool Cover(long first, long last)
    {
        var at = Floor(first);
        if (at >= 0 && _ranges[at].Last >= last) return false;
        if (at >= 0 && _ranges[at].Last >= first - 1) Extend(at, last);
        else InsertAt(++at, first, last);
        Absorb(at);
        return true;
    }

    public void AcceptChanges()
    {
        _removed.Clear();
        _changed.Clear();
    }

    private void Extend(int at, long last)
    {
        _ranges[at] = (_ranges[at].First, Math.Max(last, _ranges[at].Last));
        _changed.Add(_ranges[at].First);
    }

    private void InsertAt(int at, long first, long last)
    {
        _ranges.Insert(at, (first, last));
        _changed.Add(first);
        _removed.Remove(first);
    }

    // Takes in the ranges that the one at `at` now overlaps or touches.
    private void Absorb(int at)
    {
        var end = at + 1;
        while (end < _ranges.Count && _ranges[end].First <= _ranges[at].Last + 1)
        {
            Extend(at, _ranges[end].Last);
            _removed.Add(_ranges[end].First);
            _changed.Remove(_ranges[end].First);
            end++;
        }
        _ranges.RemoveRange(at + 1, end - at - 1);
    }

    // The index of the last range that begins at or below the id, or -1.
    private int Floor(long id)
    {
        int low = 0, high = _ranges.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].First <= id) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }
}
