namespace Crypto.EmbeddedKafka.Protocol.Messages;

/// <param name="Topics">Null asks for all of them; in version 0 an empty list does.</param>
/// <param name="AllowAutoTopicCreation">Whether a topic that is missing may be made.</param>
internal sealed record MetadataRequest(List<MetadataTopicRequest>? Topics, bool AllowAutoTopicCreation) : IReadable<MetadataRequest>
{
    public static MetadataRequest Read(ref KafkaReader reader, short version)
    {
        var topics = reader.NullableArray<MetadataTopicRequest>(version);
        if (version == 0 && topics is { Count: 0 })
            topics = null;
        bool allowCreation = version < 4 || reader.Bool();
        if (version is >= 8 and <= 10)
            reader.Bool(); // include the cluster's authorized operations
        if (version >= 8)
            reader.Bool(); // include the topics' authorized operations
        reader.Tags();
        return new(topics, allowCreation);
    }
}

internal readonly record struct MetadataTopicRequest(Guid Id, string? Name) : IReadable<MetadataTopicRequest>
{
    public static MetadataTopicRequest Read(ref KafkaReader reader, short version)
    {
        var topic = version >= 10
            ? new MetadataTopicRequest(reader.Uuid(), reader.NullableString())
            : new MetadataTopicRequest(Guid.Empty, reader.String());
        reader.Tags();
        return topic;
    }
}

internal sealed record MetadataResponse(
    IReadOnlyCollection<MetadataBroker> Brokers, string ClusterId, int ControllerId,
    IReadOnlyCollection<MetadataTopic> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 3)
            writer.Int32(0); // throttle time
        writer.Array(Brokers, version);
        if (version >= 2)
            writer.NullableString(ClusterId);
        if (version >= 1)
            writer.Int32(ControllerId);
        writer.Array(Topics, version);
        if (version is >= 8 and <= 10)
            writer.Int32(int.MinValue); // authorized operations: not asked for
        if (version >= 13)
            writer.Error(ErrorCode.None);
        writer.Tags();
    }
}

internal sealed record MetadataBroker(int NodeId, string Host, int Port) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(NodeId);
        writer.String(Host);
        writer.Int32(Port);
        if (version >= 1)
            writer.NullableString(null); // rack
        writer.Tags();
    }
}

internal sealed record MetadataTopic(ErrorCode Error, string? Name, Guid Id, IReadOnlyCollection<MetadataPartition> Partitions)
    : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        if (version >= 12)
            writer.NullableString(Name);
        else
            writer.String(Name ?? "");
        if (version >= 10)
            writer.Uuid(Id);
        if (version >= 1)
            writer.Bool(false); // internal
        writer.Array(Partitions, version);
        if (version >= 8)
            writer.Int32(int.MinValue); // authorized operations: not asked for
        writer.Tags();
    }
}

internal readonly record struct MetadataPartition(int Index, int NodeId, int LeaderEpoch) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(ErrorCode.None);
        writer.Int32(Index);
        writer.Int32(NodeId);
        if (version >= 7)
            writer.Int32(LeaderEpoch);
        writer.Int32Array([NodeId]); // replicas
        writer.Int32Array([NodeId]); // in sync
        if (version >= 5)
            writer.Int32Array([]); // offline
        writer.Tags();
    }
}
