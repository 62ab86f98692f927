namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record CreateTopicsRequest(List<CreatableTopic> Topics, int TimeoutMs, bool ValidateOnly)
    : IReadable<CreateTopicsRequest>
{
    public static CreateTopicsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new CreateTopicsRequest(reader.Array<CreatableTopic>(version), reader.Int32(), reader.Bool());
        reader.Tags();
        return request;
    }
}

/// <param name="Name">The topic.</param>
/// <param name="Partitions">-1: the broker's default.</param>
/// <param name="ReplicationFactor">-1: the broker's default.</param>
/// <param name="Assignments">Partitions placed by hand.</param>
/// <param name="Configs">Settings that differ from the broker's defaults.</param>
internal sealed record CreatableTopic(
    string Name, int Partitions, short ReplicationFactor, List<ReplicaAssignment> Assignments, List<ConfigEntry> Configs)
    : IReadable<CreatableTopic>
{
    public static CreatableTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new CreatableTopic(
            reader.String(), reader.Int32(), reader.Int16(), reader.Array<ReplicaAssignment>(version),
            reader.Array<ConfigEntry>(version));
        reader.Tags();
        return topic;
    }
}

internal sealed record ReplicaAssignment(int Partition, int[] Brokers) : IReadable<ReplicaAssignment>
{
    public static ReplicaAssignment Read(ref KafkaReader reader, short version)
    {
        var assignment = new ReplicaAssignment(reader.Int32(), reader.Int32Array());
        reader.Tags();
        return assignment;
    }
}

internal sealed record ConfigEntry(string Name, string? Value) : IReadable<ConfigEntry>
{
    public static ConfigEntry Read(ref KafkaReader reader, short version)
    {
        var entry = new ConfigEntry(reader.String(), reader.NullableString());
        reader.Tags();
        return entry;
    }
}

internal sealed record CreateTopicsResponse(IReadOnlyCollection<CreatedTopic> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Tags();
    }
}

/// <summary>A topic that was made, or why not. Its settings may be empty but never null: the Java client reads them.</summary>
internal sealed record CreatedTopic(
    string Name, Guid Id, ErrorCode Error, string? Message, int Partitions, IReadOnlyCollection<CreatedConfig> Configs) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        if (version >= 7)
            writer.Uuid(Id);
        writer.Error(Error);
        writer.NullableString(Message);
        if (version >= 5)
        {
            writer.Int32(Partitions);
            writer.Int16((short)(Error == ErrorCode.None ? 1 : -1)); // replication factor
            writer.Array(Configs, version);
        }
        writer.Tags();
    }
}

internal sealed record CreatedConfig(string Name, string Value, ConfigSource Source) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.NullableString(Value);
        writer.Bool(false); // read only
        writer.Int8((sbyte)Source);
        writer.Bool(false); // sensitive
        writer.Tags();
    }
}
