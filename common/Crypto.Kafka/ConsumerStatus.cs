namespace Crypto.Kafka;

/// <summary>What a <see cref="BatchConsumer"/> is doing, for health checks and gauges. Read from any thread.</summary>
public sealed class ConsumerStatus
{
    private readonly Lock _lock = new();
    private string? _failure;
    private DateTimeOffset _failingSince;

    /// <summary>Partitions that are being read; 0 while the group is forming or positions are being looked up.</summary>
    public int Partitions { get; internal set; }

    /// <summary>Records of the log that are not yet handled, over all partitions being read.</summary>
    public long LagRecords { get; internal set; }

    /// <summary>The age of the oldest record that is known not to be handled; zero without lag.</summary>
    public TimeSpan LagTime { get; internal set; }

    /// <summary>Records handled since the start.</summary>
    public long Records { get; internal set; }

    /// <summary>When a batch was last committed; null before the first.</summary>
    public DateTimeOffset? LastBatch { get; internal set; }

    /// <summary>The present trouble in words and since when, or null.</summary>
    public (string Reason, DateTimeOffset Since)? Failure
    {
        get
        {
            lock (_lock) return _failure is null ? null : (_failure, _failingSince);
        }
    }

    internal void Fails(string reason, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_failure is null) _failingSince = now;
            _failure = reason;
        }
    }

    internal void Works()
    {
        lock (_lock) _failure = null;
    }
}
