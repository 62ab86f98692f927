namespace Crypto.Ingestion.Sequencing;

/// <summary>
/// A set of ids as disjoint ranges in ascending order, none touching another. Meant for few ranges. Not thread-safe.
/// </summary>
public sealed class IdRangeSet
{
    private readonly List<IdRange> _ranges = [];

    public IReadOnlyList<IdRange> Ranges => _ranges;

    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>The number of ids.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (var range in _ranges) count += range.Count;
            return count;
        }
    }

    public bool Contains(long id) => IndexAtOrAfter(id) is var i && i < _ranges.Count && _ranges[i].First <= id;

    /// <summary>True where every id of the range is in the set.</summary>
    public bool ContainsAll(IdRange range) =>
        IndexAtOrAfter(range.First) is var i && i < _ranges.Count && _ranges[i].First <= range.First && _ranges[i].Last >= range.Last;

    /// <summary>Adds the ids; those that are there already stay.</summary>
    public void Add(IdRange range)
    {
        var (first, last) = (range.First, range.Last);
        var from = IndexAtOrAfter(first - 1);
        var to = from;
        while (to < _ranges.Count && _ranges[to].First <= last + 1)
        {
            first = Math.Min(first, _ranges[to].First);
            last = Math.Max(last, _ranges[to].Last);
            to++;
        }
        _ranges.RemoveRange(from, to - from);
        _ranges.Insert(from, new IdRange(first, last));
    }

    /// <summary>Removes the ids; those that are not there do not matter.</summary>
    public void Remove(IdRange range)
    {
        var i = IndexAtOrAfter(range.First);
        while (i < _ranges.Count && _ranges[i].First <= range.Last)
        {
            var old = _ranges[i];
            _ranges.RemoveAt(i);
            if (old.First < range.First) _ranges.Insert(i++, new IdRange(old.First, range.First - 1));
            if (old.Last > range.Last) _ranges.Insert(i++, new IdRange(range.Last + 1, old.Last));
        }
    }

    /// <summary>The ids of the range that are in the set.</summary>
    public List<IdRange> Within(IdRange range)
    {
        var found = new List<IdRange>();
        for (var i = IndexAtOrAfter(range.First); i < _ranges.Count && _ranges[i].First <= range.Last; i++)
            found.Add(_ranges[i].Intersect(range)!.Value);
        return found;
    }

    /// <summary>The ids of the range that are not in the set.</summary>
    public List<IdRange> Outside(IdRange range)
    {
        var found = new List<IdRange>();
        var next = range.First;
        foreach (var inside in Within(range))
        {
            if (inside.First > next) found.Add(new IdRange(next, inside.First - 1));
            next = inside.Last + 1;
        }
        if (next <= range.Last) found.Add(new IdRange(next, range.Last));
        return found;
    }

    // The first range that ends at the id or after it.
    private int IndexAtOrAfter(long id)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].Last < id) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
