using Confluent.Kafka;

namespace Crypto.Kafka;

/// <summary>The partitions that a member owns from one rebalance to the next, and how far each has been read.</summary>
internal sealed class Assignment : IDisposable
{
    private readonly Dictionary<TopicPartition, Progressing> _progress = [];
    private readonly Dictionary<TopicPartition, long> _starts = [];
    private readonly CancellationTokenSource _noRetry = new();
    private readonly CancellationTokenSource _abort = new();
    private Progressing? _last;

    public Assignment(IReadOnlyList<TopicPartition> partitions)
    {
        Partitions = partitions;
        NoRetry = _noRetry.Token;
        Abort = _abort.Token;
    }

    public IReadOnlyList<TopicPartition> Partitions { get; }

    /// <summary>The client still reads from positions that no longer hold.</summary>
    public bool MustUnassign { get; set; }

    /// <summary>Positions are known; records are being read.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Canceled when the partitions go: no new attempt begins.</summary>
    public CancellationToken NoRetry { get; }

    /// <summary>Canceled a little later: an attempt under way ends.</summary>
    public CancellationToken Abort { get; }

    public IEnumerable<AssignedPartition> Assigned => _progress.Values.Select(progress => progress.Partition);

    public IEnumerable<TopicPartitionOffset> Positions =>
        _progress.Select(progress => new TopicPartitionOffset(progress.Key, progress.Value.Position));

    public void StartAt(TopicPartition partition, long offset) => _starts[partition] = offset;

    /// <summary>Reading begins, at <paramref name="now"/>: nothing unhandled is known to be older.</summary>
    public void Begin(IEnumerable<AssignedPartition> assigned, DateTimeOffset now)
    {
        foreach (var one in assigned)
        {
            var partition = new TopicPartition(one.Topic, one.Partition);
            _progress[partition] = new Progressing(one) { Position = _starts[partition], Handled = _starts[partition], Since = now };
        }
        IsReady = true;
    }

    /// <summary>Moves the position past the record, unless it is not ours or was read before.</summary>
    public (AssignedPartition Partition, long Position)? Accept(ConsumeResult<byte[], byte[]> record)
    {
        if (!IsReady) return null;
        var progress = _last;
        if (progress is null || progress.Partition.Partition != record.Partition.Value || progress.Partition.Topic != record.Topic)
        {
            if (!_progress.TryGetValue(record.TopicPartition, out progress)) return null;
            _last = progress;
        }
        var position = progress.Position;
        if (record.Offset.Value < position) return null;
        // The oldest one unhandled: now its age is known.
        if (position == progress.Handled && record.Message.Timestamp is { Type: not TimestampType.NotAvailable } timestamp)
            progress.Since = timestamp.UtcDateTime;
        progress.Position = record.Offset.Value + 1;
        return (progress.Partition, position);
    }

    public void Handled(RecordBatch batch)
    {
        foreach (var partition in batch.Partitions)
        {
            if (!_progress.TryGetValue(new TopicPartition(partition.Partition.Topic, partition.Partition.Partition), out var progress)) continue;
            progress.Handled = partition.NextOffset;
            progress.Since = partition.Records[^1].Message.Timestamp.UtcDateTime;
        }
    }

    /// <summary>The log had nothing unhandled at <paramref name="now"/>.</summary>
    public void CaughtUp(TopicPartition partition, DateTimeOffset now) => _progress[partition].Since = now;

    /// <summary>
    /// Per partition the first offset not handled, and a time for its record: its own, that of the record before it, or since
    /// when it may have waited here.
    /// </summary>
    public IEnumerable<(TopicPartition Partition, long Handled, DateTimeOffset Since)> Progress() =>
        _progress.Select(one => (one.Key, one.Value.Handled, one.Value.Since));

    /// <summary>No new attempts from now on; what is under way has <paramref name="patience"/> to end.</summary>
    public void Stop(TimeSpan patience)
    {
        _noRetry.Cancel();
        _abort.CancelAfter(patience);
    }

    public void Dispose()
    {
        _noRetry.Dispose();
        _abort.Dispose();
    }

    private sealed class Progressing(AssignedPartition partition)
    {
        public AssignedPartition Partition { get; } = partition;
        public long Position { get; set; }
        public long Handled { get; set; }
        public DateTimeOffset Since { get; set; }
    }
}
