using System.Collections.Concurrent;
using System.Text;
using Crypto.Contracts;

namespace Crypto.Kafka.Tests;

/// <summary>A database in memory: offsets and values move together or not at all.</summary>
internal sealed class MemoryDatabase
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Topic, int Partition), (string TopicId, long Next)> _offsets = [];
    private readonly List<string> _values = [];

    /// <summary>While set, every attempt fails with a retriable failure.</summary>
    public volatile bool IsAway;

    public int Attempts;

    public IReadOnlyList<string> Values
    {
        get
        {
            lock (_lock) return [.. _values];
        }
    }

    public long Assign(AssignedPartition partition)
    {
        lock (_lock)
        {
            ThrowIfAway();
            var key = (partition.Topic, partition.Partition);
            if (!_offsets.TryGetValue(key, out var stored) || stored.TopicId != partition.TopicId || stored.Next > partition.LatestOffset)
                _offsets[key] = stored = (partition.TopicId, partition.EarliestOffset);
            return stored.Next;
        }
    }

    public void Apply(RecordBatch batch)
    {
        lock (_lock)
        {
            Attempts++;
            ThrowIfAway();
            foreach (var records in batch.Partitions)
                if (_offsets[KeyOf(records)].Next != records.ExpectedOffset) throw new FencedException("the offset is elsewhere");
            foreach (var records in batch.Partitions)
            {
                _offsets[KeyOf(records)] = (records.Partition.TopicId, records.NextOffset);
                _values.AddRange(records.Records.Select(record => Encoding.UTF8.GetString(record.Message.Value)));
            }
        }
    }

    /// <summary>As if another consumer had applied what comes next and not told anybody.</summary>
    public void MoveOffset(string topic, int partition, long by)
    {
        lock (_lock)
        {
            var (topicId, next) = _offsets[(topic, partition)];
            _offsets[(topic, partition)] = (topicId, next + by);
        }
    }

    private static (string, int) KeyOf(PartitionRecords records) => (records.Partition.Topic, records.Partition.Partition);

    private void ThrowIfAway()
    {
        if (IsAway) throw new RetriableException("the database is away");
    }
}

/// <summary>A consumer's side of a <see cref="MemoryDatabase"/>, with a look at what it was called with.</summary>
internal sealed class MemoryHandler(MemoryDatabase database) : IBatchHandler
{
    private int _calls;
    private int _assignments;
    private int _revocations;

    /// <summary>Partitions that were given, over all rebalances.</summary>
    public int Assignments => Volatile.Read(ref _assignments);

    /// <summary>Partitions that were taken away.</summary>
    public int Revocations => Volatile.Read(ref _revocations);

    public ConcurrentDictionary<(string Topic, int Partition), AssignedPartition> Assigned { get; } = [];

    public ConcurrentQueue<int> BatchSizes { get; } = [];

    /// <summary>Runs inside every attempt, before it is applied.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public bool FailsToRevoke { get; init; }

    public Task<long> AssignAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        var next = database.Assign(partition);
        Assigned[(partition.Topic, partition.Partition)] = partition;
        Interlocked.Increment(ref _assignments);
        return Task.FromResult(next);
    }

    public async Task HandleAsync(RecordBatch batch, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _calls) != 1) throw new InvalidOperationException("two batches at once");
        try
        {
            await Before(cancellation);
            database.Apply(batch);
            BatchSizes.Enqueue(batch.Count);
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    public Task RevokeAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _calls) != 0) throw new InvalidOperationException("revoked under a running batch");
        Interlocked.Increment(ref _revocations);
        Assigned.TryRemove((partition.Topic, partition.Partition), out _);
        if (FailsToRevoke) throw new InvalidOperationException("what was kept cannot be dropped");
        return Task.CompletedTask;
    }
}
