namespace Crypto.Ingestion.Sequencing;

/// <summary>Trade ids from first to last, both inclusive.</summary>
public readonly record struct IdRange(long First, long Last)
{
    public long Count => Last - First + 1;

    public bool Contains(long id) => id >= First && id <= Last;

    /// <summary>The ids in both, or null.</summary>
    public IdRange? Intersect(IdRange other)
    {
        var first = Math.Max(First, other.First);
        var last = Math.Min(Last, other.Last);
        return first <= last ? new IdRange(first, last) : null;
    }

    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
