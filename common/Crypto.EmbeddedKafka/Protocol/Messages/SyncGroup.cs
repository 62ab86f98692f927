namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record SyncGroupRequest(
    string GroupId, int Generation, string MemberId, string? InstanceId, string? ProtocolType, string? Protocol,
    List<MemberAssignment> Assignments) : IReadable<SyncGroupRequest>
{
    public static SyncGroupRequest Read(ref KafkaReader reader, short version)
    {
        var request = new SyncGroupRequest(
            reader.String(), reader.Int32(), reader.String(),
            version >= 3 ? reader.NullableString() : null,
            version >= 5 ? reader.NullableString() : null,
            version >= 5 ? reader.NullableString() : null,
            reader.Array<MemberAssignment>(version));
        reader.Tags();
        return request;
    }
}

internal sealed record MemberAssignment(string MemberId, byte[] Assignment) : IReadable<MemberAssignment>
{
    public static MemberAssignment Read(ref KafkaReader reader, short version)
    {
        var assignment = new MemberAssignment(reader.String(), reader.Bytes().ToArray());
        reader.Tags();
        return assignment;
    }
}

internal sealed record SyncGroupResponse(ErrorCode Error, string? ProtocolType, string? Protocol, byte[] Assignment) : IWritable
{
    internal static SyncGroupResponse Failed(ErrorCode error) => new(error, null, null, []);

    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 1)
            writer.Int32(0); // throttle time
        writer.Error(Error);
        if (version >= 5)
        {
            writer.NullableString(ProtocolType);
            writer.NullableString(Protocol);
        }
        writer.Bytes(Assignment);
        writer.Tags();
    }
}
