namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record DescribeGroupsRequest(List<string> Groups) : IReadable<DescribeGroupsRequest>
{
    public static DescribeGroupsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new DescribeGroupsRequest(reader.StringArray());
        if (version >= 3)
            reader.Bool(); // include authorized operations
        reader.Tags();
        return request;
    }
}

internal sealed record DescribeGroupsResponse(IReadOnlyCollection<DescribedGroup> Groups) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 1)
            writer.Int32(0); // throttle time
        writer.Array(Groups, version);
        writer.Tags();
    }
}

internal sealed record DescribedGroup(
    string Id, string State, string ProtocolType, string Protocol, IReadOnlyCollection<DescribedMember> Members) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(ErrorCode.None);
        writer.String(Id);
        writer.String(State);
        writer.String(ProtocolType);
        writer.String(Protocol);
        writer.Array(Members, version);
        if (version >= 3)
            writer.Int32(int.MinValue); // authorized operations: not asked for
        writer.Tags();
    }
}

internal sealed record DescribedMember(
    string Id, string? InstanceId, string ClientId, string ClientHost, byte[] Metadata, byte[] Assignment) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Id);
        if (version >= 4)
            writer.NullableString(InstanceId);
        writer.String(ClientId);
        writer.String(ClientHost);
        writer.Bytes(Metadata);
        writer.Bytes(Assignment);
        writer.Tags();
    }
}

internal sealed record ListGroupsRequest(List<string> States, List<string> Types) : IReadable<ListGroupsRequest>
{
    public static ListGroupsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new ListGroupsRequest(
            version >= 4 ? reader.StringArray() : [], version >= 5 ? reader.StringArray() : []);
        reader.Tags();
        return request;
    }
}

internal sealed record ListGroupsResponse(IReadOnlyCollection<ListedGroup> Groups) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 1)
            writer.Int32(0); // throttle time
        writer.Error(ErrorCode.None);
        writer.Array(Groups, version);
        writer.Tags();
    }
}

internal sealed record ListedGroup(string Id, string ProtocolType, string State) : IWritable
{
    internal const string Type = "classic";

    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Id);
        writer.String(ProtocolType);
        if (version >= 4)
            writer.String(State);
        if (version >= 5)
            writer.String(Type);
        writer.Tags();
    }
}
