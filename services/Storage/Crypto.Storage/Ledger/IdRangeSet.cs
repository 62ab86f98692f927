using System.Diagnostics;

namespace Crypto.Storage.Ledger;

/// <summary>
/// A part of an instrument's ledger in memory: ranges that neither overlap nor touch, in order. It remembers what it was
/// loaded with, so that only what changed is written back.
/// </summary>
public sealed class IdRangeSet
{
    private readonly List<IdRange> _ranges;
    private readonly IdRange[] _loaded;
    private int _cursor;

    public IdRangeSet(IEnumerable<IdRange> loaded)
    {
        _ranges = [.. loaded];
        _loaded = [.. _ranges];
        for (var i = 1; i < _ranges.Count; i++)
            Debug.Assert(_ranges[i].First > _ranges[i - 1].Last + 1, "ranges overlap, touch or are out of order");
    }

    public IReadOnlyList<IdRange> Ranges => _ranges;

    public bool Contains(long id)
    {
        var at = LastStartingAtOrBefore(id);
        return at >= 0 && id <= _ranges[at].Last;
    }

    /// <summary>The parts of the range that are not in the set, in order.</summary>
    public IReadOnlyList<IdRange> Uncovered(IdRange range)
    {
        var missing = new List<IdRange>();
        var next = range.First;
        for (var i = Math.Max(LastStartingAtOrBefore(range.First), 0); i < _ranges.Count && _ranges[i].First <= range.Last; i++)
        {
            if (_ranges[i].Last < next) continue;
            if (_ranges[i].First > next) missing.Add(new IdRange(next, _ranges[i].First - 1));
            next = _ranges[i].Last + 1;
        }
        if (next <= range.Last) missing.Add(new IdRange(next, range.Last));
        return missing;
    }

    /// <summary>Adds one id. False where it is there already: a duplicate.</summary>
    public bool Add(long id)
    {
        // The stream's ids follow one another, so most of them lengthen the range that was lengthened last.
        if (_cursor < _ranges.Count && _ranges[_cursor].Last == id - 1 && (_cursor + 1 == _ranges.Count || _ranges[_cursor + 1].First > id + 1))
        {
            _ranges[_cursor] = _ranges[_cursor] with { Last = id };
            return true;
        }
        if (Contains(id)) return false;
        Add(new IdRange(id, id));
        return true;
    }

    /// <summary>Adds all ids of the range, whether or not some are there already.</summary>
    public void Add(IdRange range)
    {
        // The ranges from..to touch or overlap the new one and melt into it.
        var from = LastStartingAtOrBefore(range.First);
        if (from < 0 || _ranges[from].Last < range.First - 1) from++;
        var to = from;
        var (first, last) = range;
        while (to < _ranges.Count && _ranges[to].First - 1 <= last)
        {
            first = Math.Min(first, _ranges[to].First);
            last = Math.Max(last, _ranges[to].Last);
            to++;
        }
        _ranges.RemoveRange(from, to - from);
        _ranges.Insert(from, new IdRange(first, last));
        _cursor = from;
    }

    /// <summary>
    /// What to write back: first ids of loaded ranges that are gone, and ranges that are new or longer at their end.
    /// </summary>
    public (IReadOnlyList<long> Removed, IReadOnlyList<IdRange> Written) Changes()
    {
        var before = _loaded.ToDictionary(range => range.First, range => range.Last);
        var written = _ranges.Where(range => !before.TryGetValue(range.First, out var last) || last != range.Last).ToList();
        var firsts = _ranges.Select(range => range.First).ToHashSet();
        return ([.. before.Keys.Where(first => !firsts.Contains(first))], written);
    }

    private int LastStartingAtOrBefore(long id)
    {
        var (low, high) = (0, _ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (_ranges[middle].First <= id) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }
}
