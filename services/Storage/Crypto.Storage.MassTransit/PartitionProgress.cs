using Crypto.Storage.Ledger;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// How far one partition is stored without a hole. Deliveries overtake one another, so a batch may hold offset 7 while 6 is
/// still on its way; the mark then waits for 6.
/// </summary>
internal sealed class PartitionProgress(string topicId, long next, TimeProvider clock)
{
    private readonly IdRangeSet _ahead = new([]);
    private long _holeSince;

    public string TopicId { get; } = topicId;

    /// <summary>Every offset below is stored.</summary>
    public long Next { get; private set; } = next;

    /// <summary>What <see cref="Next"/> will be once the given offsets, in rising order, are stored, too.</summary>
    public long NextWith(IReadOnlyList<long> offsets)
    {
        var mark = Next;
        var ahead = _ahead.Ranges;
        var (i, j) = (0, 0);
        while (true)
        {
            while (i < offsets.Count && offsets[i] < mark) i++;
            while (j < ahead.Count && ahead[j].Last < mark) j++;
            if (i < offsets.Count && offsets[i] == mark) mark++;
            else if (j < ahead.Count && ahead[j].First <= mark) mark = ahead[j].Last + 1;
            else return mark;
        }
    }

    /// <summary>The offsets are stored.</summary>
    public void Stored(IReadOnlyList<long> offsets)
    {
        Next = NextWith(offsets);
        foreach (var offset in offsets)
            if (offset > Next) _ahead.Add(offset);
        if (!HasHole) _holeSince = 0;
        else if (_holeSince == 0) _holeSince = clock.GetTimestamp();
    }

    /// <summary>Gives up on offsets that nobody has delivered for so long.</summary>
    /// <returns>True where the mark moved.</returns>
    public bool SkipHole(TimeSpan patience)
    {
        if (!HasHole || _holeSince == 0 || clock.GetElapsedTime(_holeSince) < patience) return false;
        Next = _ahead.Ranges.First(range => range.Last >= Next).Last + 1;
        _holeSince = 0;
        return true;
    }

    private bool HasHole => _ahead.Ranges.Count > 0 && _ahead.Ranges[^1].Last >= Next;
}
