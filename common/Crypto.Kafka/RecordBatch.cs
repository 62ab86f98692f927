using Confluent.Kafka;

namespace Crypto.Kafka;

/// <summary>A partition that was just assigned to this consumer, as the broker describes it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="TopicId">Changes when the topic is made anew; empty where the broker gives none.</param>
/// <param name="EarliestOffset">The log's first offset.</param>
/// <param name="LatestOffset">The offset that the next record will get.</param>
public sealed record AssignedPartition(string Topic, int Partition, string TopicId, long EarliestOffset, long LatestOffset);

/// <summary>Consecutive records of one partition, in offset order.</summary>
/// <param name="Partition">Where they come from.</param>
/// <param name="ExpectedOffset">The position before the batch: what the stored offset must be for it to be applied.</param>
/// <param name="NextOffset">The position after it.</param>
/// <param name="Records">At least one record.</param>
public sealed record PartitionRecords(
    AssignedPartition Partition, long ExpectedOffset, long NextOffset, IReadOnlyList<ConsumeResult<byte[], byte[]>> Records);

/// <summary>What was consumed in one go, over all partitions of this consumer: one transaction's worth.</summary>
public sealed record RecordBatch(IReadOnlyList<PartitionRecords> Partitions)
{
    public int Count => Partitions.Sum(p => p.Records.Count);
}
