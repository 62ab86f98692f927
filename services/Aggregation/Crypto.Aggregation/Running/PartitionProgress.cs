namespace Crypto.Aggregation.Running;

/// <summary>How far a partition is read: decides up to when a silent instrument is known to be silent.</summary>
public sealed class PartitionProgress(TimeProvider clock, long nextOffset, long latestOffset)
{
    // Silence for this long means that the log has no more records for now.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private long _nextOffset = nextOffset;
    private long _newestEventUs;
    private long _since = clock.GetTimestamp();

    /// <summary>The next offset to be folded.</summary>
    public long NextOffset => _nextOffset;

    /// <summary>Notes a batch.</summary>
    public void Note(long nextOffset, long newestEventUs)
    {
        _nextOffset = nextOffset;
        _newestEventUs = Math.Max(_newestEventUs, newestEventUs);
        _since = clock.GetTimestamp();
    }

    /// <summary>
    /// Up to here nothing more is to come: market time once the log was read to its end and is quiet, before that the
    /// newest event read from it, which has the partition's other instruments behind it too.
    /// </summary>
    public long HorizonUs(long marketUs) =>
        _nextOffset >= latestOffset && clock.GetElapsedTime(_since) >= Quiet ? marketUs : Math.Min(marketUs, _newestEventUs);
}
