using Confluent.Kafka;
using Crypto.Postgres;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// The marks of progress of every partition that this process was given, and what it has been doing, for the health check.
/// </summary>
public sealed class RiderProgress(TimeProvider clock)
{
    private static readonly TimeSpan TopicCheck = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, (PartitionProgress Progress, long Checked)> _partitions = [];
    private string? _failure;
    private DateTimeOffset _failingSince;

    /// <summary>Records stored since the start, repeats included.</summary>
    public long Records { get; private set; }

    /// <summary>Batches that MassTransit collected, and the records of the largest.</summary>
    public (long Count, int Largest) Batches { get; private set; }

    /// <summary>When a batch was last stored; null before the first.</summary>
    public DateTimeOffset? LastBatch { get; private set; }

    /// <summary>The present trouble in words and since when, or null.</summary>
    public (string Reason, DateTimeOffset Since)? Failure
    {
        get
        {
            lock (_lock) return _failure is null ? null : (_failure, _failingSince);
        }
    }

    /// <summary>Per partition the first offset that is not known to be stored.</summary>
    public IReadOnlyDictionary<TopicPartition, long> Marks()
    {
        lock (_lock) return _partitions.ToDictionary(one => one.Key, one => one.Value.Progress.Next);
    }

    internal void Fails(string reason)
    {
        lock (_lock)
        {
            if (_failure is null) _failingSince = clock.GetUtcNow();
            _failure = reason;
        }
    }

    internal void Collected(int records)
    {
        lock (_lock) Batches = (Batches.Count + 1, Math.Max(Batches.Largest, records));
    }

    internal void Works()
    {
        lock (_lock) _failure = null;
    }

    internal void Stored(TopicPartition partition, IReadOnlyList<long> offsets, TimeSpan holePatience)
    {
        lock (_lock)
        {
            var progress = _partitions[partition].Progress;
            progress.Stored(offsets);
            progress.SkipHole(holePatience);
            Records += offsets.Count;
            LastBatch = clock.GetUtcNow();
            _failure = null;
        }
    }

    /// <summary>
    /// The partition's progress: from its mark in the store, or from the log's beginning. A step back may be a repeat or
    /// another log under the same name, so the broker is asked then, though not for every one.
    /// </summary>
    internal async Task<PartitionProgress> OfAsync(
        TopicPartition partition, long firstOffset, LooseBatchHandler store, DescribePartition describe, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_partitions.TryGetValue(partition, out var known)
                && (firstOffset >= known.Progress.Next || clock.GetElapsedTime(known.Checked) < TopicCheck)) return known.Progress;
        }
        var (topicId, earliest) = await describe(partition, cancellation).ConfigureAwait(false);
        var mark = await store.MarkAsync(partition.Topic, partition.Partition.Value, cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            var isKnown = _partitions.TryGetValue(partition, out var known) && known.Progress.TopicId == topicId;
            var progress = isKnown ? known.Progress : new PartitionProgress(topicId, Begin(mark, topicId, earliest), clock);
            _partitions[partition] = (progress, clock.GetTimestamp());
            return progress;
        }
    }

    private static long Begin(StreamPosition? mark, string topicId, long earliest) =>
        mark is not null && mark.TopicId == topicId ? Math.Max(mark.NextOffset, earliest) : earliest;
}
