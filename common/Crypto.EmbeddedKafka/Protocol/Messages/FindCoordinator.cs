namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal enum CoordinatorType : sbyte
{
    Group = 0,
    Transaction = 1,
}

internal sealed record FindCoordinatorRequest(CoordinatorType Type, List<string> Keys) : IReadable<FindCoordinatorRequest>
{
    public static FindCoordinatorRequest Read(ref KafkaReader reader, short version)
    {
        List<string> keys = version <= 3 ? [reader.String()] : [];
        var type = version >= 1 ? (CoordinatorType)reader.Int8() : CoordinatorType.Group;
        if (version >= 4)
            keys = reader.StringArray();
        reader.Tags();
        return new(type, keys);
    }
}

internal sealed record FindCoordinatorResponse(IReadOnlyCollection<Coordinator> Coordinators) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 1)
            writer.Int32(0); // throttle time
        if (version >= 4)
            writer.Array(Coordinators, version);
        else
            Coordinators.First().WriteAlone(writer, version);
        writer.Tags();
    }
}

internal sealed record Coordinator(string Key, int NodeId, string Host, int Port, ErrorCode Error, string? Message) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Key);
        WriteNode(writer);
        writer.Error(Error);
        writer.NullableString(Message);
        writer.Tags();
    }

    internal void WriteAlone(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        if (version >= 1)
            writer.NullableString(Message);
        WriteNode(writer);
    }

    private void WriteNode(KafkaWriter writer)
    {
        writer.Int32(NodeId);
        writer.String(Host);
        writer.Int32(Port);
    }
}
