namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record OffsetCommitRequest(
    string GroupId, int Generation, string MemberId, string? InstanceId, List<OffsetCommitTopic> Topics)
    : IReadable<OffsetCommitRequest>
{
    public static OffsetCommitRequest Read(ref KafkaReader reader, short version)
    {
        string groupId = reader.String();
        int generation = reader.Int32();
        string memberId = reader.String();
        string? instanceId = version >= 7 ? reader.NullableString() : null;
        if (version is >= 2 and <= 4)
            reader.Int64(); // retention time: offsets stay until their group is deleted
        var topics = reader.Array<OffsetCommitTopic>(version);
        reader.Tags();
        return new(groupId, generation, memberId, instanceId, topics);
    }
}

internal sealed record OffsetCommitTopic(string Name, List<OffsetCommitPartition> Partitions) : IReadable<OffsetCommitTopic>
{
    public static OffsetCommitTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new OffsetCommitTopic(reader.String(), reader.Array<OffsetCommitPartition>(version));
        reader.Tags();
        return topic;
    }
}

internal readonly record struct OffsetCommitPartition(int Index, long Offset, int LeaderEpoch, string? Metadata)
    : IReadable<OffsetCommitPartition>
{
    public static OffsetCommitPartition Read(ref KafkaReader reader, short version)
    {
        var partition = new OffsetCommitPartition(
            reader.Int32(), reader.Int64(), version >= 6 ? reader.Int32() : -1, reader.NullableString());
        reader.Tags();
        return partition;
    }
}

internal sealed record OffsetCommitResponse(IReadOnlyCollection<PartitionErrors> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 3)
            writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Tags();
    }
}

/// <summary>A topic with an error code for each of its partitions: several APIs answer with just that.</summary>
internal sealed record PartitionErrors(string Topic, IReadOnlyCollection<PartitionError> Partitions) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Topic);
        writer.Array(Partitions, version);
        writer.Tags();
    }
}

internal readonly record struct PartitionError(int Index, ErrorCode Error) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(Index);
        writer.Error(Error);
        writer.Tags();
    }
}
