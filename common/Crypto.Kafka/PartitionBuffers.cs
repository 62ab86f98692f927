using Confluent.Kafka;

namespace Crypto.Kafka;

/// <summary>
/// Collects consumed records by partition into a <see cref="RecordBatch"/>. Two of them take turns: one fills while the
/// other's batch is handled. Lists keep their capacity, so a full pipeline allocates nothing here.
/// </summary>
internal sealed class PartitionBuffers
{
    private readonly Dictionary<TopicPartition, Slot> _slots = [];
    private readonly List<Slot> _filled = [];
    private Slot? _last;

    public int Count { get; private set; }

    /// <summary>Appends a record of an assigned partition; <paramref name="position"/> is the offset expected before it.</summary>
    public void Add(ConsumeResult<byte[], byte[]> record, AssignedPartition partition, long position)
    {
        var slot = _last;
        if (slot is null || !ReferenceEquals(slot.Partition, partition))
        {
            if (!_slots.TryGetValue(record.TopicPartition, out slot) || !ReferenceEquals(slot.Partition, partition))
                _slots[record.TopicPartition] = slot = new Slot(partition);
            _last = slot;
        }
        if (slot.Records.Count == 0)
        {
            slot.ExpectedOffset = position;
            _filled.Add(slot);
        }
        slot.Records.Add(record);
        Count++;
    }

    /// <summary>The batch of everything collected. Valid until <see cref="Clear"/>.</summary>
    public RecordBatch ToBatch() => new(
        [.. _filled.Select(slot => new PartitionRecords(slot.Partition, slot.ExpectedOffset, slot.Records[^1].Offset.Value + 1, slot.Records))]);

    public void Clear()
    {
        foreach (var slot in _filled) slot.Records.Clear();
        _filled.Clear();
        Count = 0;
    }

    /// <summary>Forgets the partitions too, after a rebalance.</summary>
    public void Reset()
    {
        Clear();
        _slots.Clear();
        _last = null;
    }

    private sealed class Slot(AssignedPartition partition)
    {
        public AssignedPartition Partition { get; } = partition;
        public long ExpectedOffset { get; set; }
        public List<ConsumeResult<byte[], byte[]>> Records { get; } = [];
    }
}
