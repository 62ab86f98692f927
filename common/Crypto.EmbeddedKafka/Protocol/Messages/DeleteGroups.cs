namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record DeleteGroupsRequest(List<string> Groups) : IReadable<DeleteGroupsRequest>
{
    public static DeleteGroupsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new DeleteGroupsRequest(reader.StringArray());
        reader.Tags();
        return request;
    }
}

internal sealed record DeleteGroupsResponse(IReadOnlyCollection<DeletedGroup> Groups) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Array(Groups, version);
        writer.Tags();
    }
}

internal sealed record DeletedGroup(string Id, ErrorCode Error) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Id);
        writer.Error(Error);
        writer.Tags();
    }
}

internal sealed record OffsetDeleteRequest(string GroupId, List<OffsetDeleteTopic> Topics) : IReadable<OffsetDeleteRequest>
{
    public static OffsetDeleteRequest Read(ref KafkaReader reader, short version) =>
        new(reader.String(), reader.Array<OffsetDeleteTopic>(version));
}

internal sealed record OffsetDeleteTopic(string Name, int[] Partitions) : IReadable<OffsetDeleteTopic>
{
    public static OffsetDeleteTopic Read(ref KafkaReader reader, short version) => new(reader.String(), reader.Int32Array());
}

internal sealed record OffsetDeleteResponse(ErrorCode Error, IReadOnlyCollection<PartitionErrors> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        writer.Int32(0); // throttle time
        writer.Array(Topics, version);
    }
}
