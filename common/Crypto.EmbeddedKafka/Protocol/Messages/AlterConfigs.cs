namespace Crypto.EmbeddedKafka.Protocol.Messages;

/// <summary>Replaces all settings of a resource.</summary>
internal sealed record AlterConfigsRequest(List<AlterConfigsResource> Resources, bool ValidateOnly) : IReadable<AlterConfigsRequest>
{
    public static AlterConfigsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new AlterConfigsRequest(reader.Array<AlterConfigsResource>(version), reader.Bool());
        reader.Tags();
        return request;
    }
}

internal sealed record AlterConfigsResource(ResourceType Type, string Name, List<ConfigEntry> Configs) : IReadable<AlterConfigsResource>
{
    public static AlterConfigsResource Read(ref KafkaReader reader, short version)
    {
        var resource = new AlterConfigsResource((ResourceType)reader.Int8(), reader.String(), reader.Array<ConfigEntry>(version));
        reader.Tags();
        return resource;
    }
}

/// <summary>Changes single settings of a resource.</summary>
internal sealed record IncrementalAlterConfigsRequest(List<IncrementalResource> Resources, bool ValidateOnly)
    : IReadable<IncrementalAlterConfigsRequest>
{
    public static IncrementalAlterConfigsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new IncrementalAlterConfigsRequest(reader.Array<IncrementalResource>(version), reader.Bool());
        reader.Tags();
        return request;
    }
}

internal sealed record IncrementalResource(ResourceType Type, string Name, List<ConfigChange> Changes) : IReadable<IncrementalResource>
{
    public static IncrementalResource Read(ref KafkaReader reader, short version)
    {
        var resource = new IncrementalResource((ResourceType)reader.Int8(), reader.String(), reader.Array<ConfigChange>(version));
        reader.Tags();
        return resource;
    }
}

internal enum ConfigOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

internal sealed record ConfigChange(string Name, ConfigOperation Operation, string? Value) : IReadable<ConfigChange>
{
    public static ConfigChange Read(ref KafkaReader reader, short version)
    {
        var change = new ConfigChange(reader.String(), (ConfigOperation)reader.Int8(), reader.NullableString());
        reader.Tags();
        return change;
    }
}

internal sealed record AlterConfigsResponse(IReadOnlyCollection<AlteredResource> Resources) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Array(Resources, version);
        writer.Tags();
    }
}

internal sealed record AlteredResource(ErrorCode Error, string? Message, ResourceType Type, string Name) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        writer.NullableString(Message);
        writer.Int8((sbyte)Type);
        writer.String(Name);
        writer.Tags();
    }
}
