namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record OffsetFetchRequest(List<OffsetFetchGroup> Groups, bool RequireStable) : IReadable<OffsetFetchRequest>
{
    public static OffsetFetchRequest Read(ref KafkaReader reader, short version)
    {
        List<OffsetFetchGroup> groups = version >= 8
            ? reader.Array<OffsetFetchGroup>(version)
            : [new OffsetFetchGroup(reader.String(), reader.NullableArray<OffsetFetchTopic>(version))];
        bool requireStable = version >= 7 && reader.Bool();
        reader.Tags();
        return new(groups, requireStable);
    }
}

/// <param name="GroupId">The group.</param>
/// <param name="Topics">Null asks for everything that the group has committed.</param>
internal sealed record OffsetFetchGroup(string GroupId, List<OffsetFetchTopic>? Topics) : IReadable<OffsetFetchGroup>
{
    public static OffsetFetchGroup Read(ref KafkaReader reader, short version)
    {
        string groupId = reader.String();
        if (version >= 9)
        {
            reader.NullableString(); // member id and epoch: of the newer group protocol only
            reader.Int32();
        }
        var group = new OffsetFetchGroup(groupId, reader.NullableArray<OffsetFetchTopic>(version));
        reader.Tags();
        return group;
    }
}

internal sealed record OffsetFetchTopic(string Name, int[] Partitions) : IReadable<OffsetFetchTopic>
{
    public static OffsetFetchTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new OffsetFetchTopic(reader.String(), reader.Int32Array());
        reader.Tags();
        return topic;
    }
}

internal sealed record OffsetFetchResponse(IReadOnlyCollection<OffsetFetchGroupResult> Groups) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 3)
            writer.Int32(0); // throttle time
        if (version >= 8)
        {
            writer.Array(Groups, version);
        }
        else
        {
            var group = Groups.First();
            writer.Array(group.Topics, version);
            if (version >= 2)
                writer.Error(group.Error);
        }
        writer.Tags();
    }
}

internal sealed record OffsetFetchGroupResult(string GroupId, ErrorCode Error, IReadOnlyCollection<OffsetFetchTopicResult> Topics)
    : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(GroupId);
        writer.Array(Topics, version);
        writer.Error(Error);
        writer.Tags();
    }
}

internal sealed record OffsetFetchTopicResult(string Name, IReadOnlyCollection<OffsetFetchPartitionResult> Partitions) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.Array(Partitions, version);
        writer.Tags();
    }
}

internal readonly record struct OffsetFetchPartitionResult(
    int Index, long Offset, int LeaderEpoch, string? Metadata, ErrorCode Error) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(Index);
        writer.Int64(Offset);
        if (version >= 5)
            writer.Int32(LeaderEpoch);
        writer.NullableString(Metadata);
        writer.Error(Error);
        writer.Tags();
    }
}
