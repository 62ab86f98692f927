namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record JoinGroupRequest(
    string GroupId, int SessionTimeoutMs, int RebalanceTimeoutMs, string MemberId, string? InstanceId, string ProtocolType,
    List<GroupProtocol> Protocols) : IReadable<JoinGroupRequest>
{
    public static JoinGroupRequest Read(ref KafkaReader reader, short version)
    {
        string groupId = reader.String();
        int sessionTimeoutMs = reader.Int32();
        int rebalanceTimeoutMs = version >= 1 ? reader.Int32() : sessionTimeoutMs;
        string memberId = reader.String();
        string? instanceId = version >= 5 ? reader.NullableString() : null;
        string protocolType = reader.String();
        var protocols = reader.Array<GroupProtocol>(version);
        if (version >= 8)
            reader.NullableString(); // reason
        reader.Tags();
        return new(groupId, sessionTimeoutMs, rebalanceTimeoutMs, memberId, instanceId, protocolType, protocols);
    }
}

/// <summary>A way of assigning partitions that a member can take part in, and what it tells the leader for it.</summary>
internal sealed record GroupProtocol(string Name, byte[] Metadata) : IReadable<GroupProtocol>
{
    public static GroupProtocol Read(ref KafkaReader reader, short version)
    {
        var protocol = new GroupProtocol(reader.String(), reader.Bytes().ToArray());
        reader.Tags();
        return protocol;
    }
}

internal sealed record JoinGroupResponse(
    ErrorCode Error, int Generation, string? ProtocolType, string? Protocol, string Leader, bool SkipAssignment, string MemberId,
    IReadOnlyCollection<JoinGroupMember> Members) : IWritable
{
    internal static JoinGroupResponse Failed(ErrorCode error, string memberId) =>
        new(error, -1, null, null, "", false, memberId, []);

    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 2)
            writer.Int32(0); // throttle time
        writer.Error(Error);
        writer.Int32(Generation);
        if (version >= 7)
        {
            writer.NullableString(ProtocolType);
            writer.NullableString(Protocol);
        }
        else
        {
            writer.String(Protocol ?? "");
        }
        writer.String(Leader);
        if (version >= 9)
            writer.Bool(SkipAssignment);
        writer.String(MemberId);
        writer.Array(Members, version);
        writer.Tags();
    }
}

internal sealed record JoinGroupMember(string MemberId, string? InstanceId, byte[] Metadata) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(MemberId);
        if (version >= 5)
            writer.NullableString(InstanceId);
        writer.Bytes(Metadata);
        writer.Tags();
    }
}
