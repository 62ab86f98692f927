using Confluent.Kafka;
using MassTransit;

namespace Crypto.Storage.MassTransit;

/// <summary>A Kafka record as MassTransit carries it: the bytes as they are, so that one that cannot be read is not lost.</summary>
public sealed class RawRecord
{
    public byte[] Value { get; init; } = [];

    /// <summary>The trace that the record was published in, where it was sampled.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Set by transports other than Kafka, which know no partitions.</summary>
    public RecordOrigin? Origin { get; init; }
}

/// <summary>Where a record lies in Kafka.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset.</param>
/// <param name="Key">The record's key; null where it has none.</param>
/// <param name="Time">The record's timestamp.</param>
public sealed record RecordOrigin(string Topic, int Partition, long Offset, byte[]? Key, DateTime Time);

/// <summary>Tells where the record of a message lies. Kafka's rider says so in its context, which is not known here.</summary>
public delegate RecordOrigin LocateRecord(ConsumeContext<RawRecord> message);

/// <summary>Tells which log a partition belongs to and where it begins, as the broker has it.</summary>
public delegate Task<(string TopicId, long Earliest)> DescribePartition(TopicPartition partition, CancellationToken cancellation);
