namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record HeartbeatRequest(string GroupId, int Generation, string MemberId, string? InstanceId)
    : IReadable<HeartbeatRequest>
{
    public static HeartbeatRequest Read(ref KafkaReader reader, short version)
    {
        var request = new HeartbeatRequest(
            reader.String(), reader.Int32(), reader.String(), version >= 3 ? reader.NullableString() : null);
        reader.Tags();
        return request;
    }
}

internal sealed record HeartbeatResponse(ErrorCode Error) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 1)
            writer.Int32(0); // throttle time
        writer.Error(Error);
        writer.Tags();
    }
}

internal sealed record LeaveGroupRequest(string GroupId, List<LeavingMember> Members) : IReadable<LeaveGroupRequest>
{
    public static LeaveGroupRequest Read(ref KafkaReader reader, short version)
    {
        var request = new LeaveGroupRequest(
            reader.String(),
            version <= 2 ? [new LeavingMember(reader.String(), null)] : reader.Array<LeavingMember>(version));
        reader.Tags();
        return request;
    }
}

internal sealed record LeavingMember(string MemberId, string? InstanceId) : IReadable<LeavingMember>
{
    public static LeavingMember Read(ref KafkaReader reader, short version)
    {
        var member = new LeavingMember(reader.String(), reader.NullableString());
        if (version >= 5)
            reader.NullableString(); // reason
        reader.Tags();
        return member;
    }
}

internal sealed record LeaveGroupResponse(ErrorCode Error, IReadOnlyCollection<LeftMember> Members) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 1)
            writer.Int32(0); // throttle time
        // Up to version 2 there is one member, and its error is the response's.
        writer.Error(version <= 2 && Error == ErrorCode.None && Members.Count > 0 ? Members.First().Error : Error);
        if (version >= 3)
            writer.Array(Members, version);
        writer.Tags();
    }
}

internal sealed record LeftMember(string MemberId, string? InstanceId, ErrorCode Error) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(MemberId);
        writer.NullableString(InstanceId);
        writer.Error(Error);
        writer.Tags();
    }
}
