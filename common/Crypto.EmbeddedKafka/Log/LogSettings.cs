namespace Crypto.EmbeddedKafka.Log;

/// <summary>The settings of a topic that its partitions go by.</summary>
internal sealed record LogSettings
{
    internal int SegmentBytes { get; init; } = 1 << 30;

    internal int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary>Age in ms after which a segment is deleted, -1 for never.</summary>
    internal long RetentionMs { get; init; } = -1;

    /// <summary>Size of a partition's log above which its oldest segments are deleted, -1 for no limit.</summary>
    internal long RetentionBytes { get; init; } = -1;

    internal bool DeleteOld { get; init; } = true;

    internal bool Compact { get; init; }

    /// <summary>The share of new records in the ended segments at which they are compacted.</summary>
    internal double MinCleanableRatio { get; init; } = 0.5;

    /// <summary>How long a tombstone stays after it was compacted, in ms.</summary>
    internal long DeleteRetentionMs { get; init; } = 86_400_000;

    /// <summary>Age in ms at which a segment that has records is ended although it is not full.</summary>
    internal long SegmentMs { get; init; } = 604_800_000;

    /// <summary>Records are stamped with the broker's time, not the producer's.</summary>
    internal bool LogAppendTime { get; init; }

    /// <summary>An append is on the disk before it is acknowledged.</summary>
    internal bool FlushAlways { get; init; }
}
