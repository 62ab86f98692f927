namespace Crypto.EmbeddedKafka.Protocol.Messages;

/// <summary>The protocol's numbers for things that have settings.</summary>
internal enum ResourceType : sbyte
{
    Topic = 2,
    Broker = 4,
}

/// <summary>The protocol's numbers for where a setting's value comes from.</summary>
internal enum ConfigSource : sbyte
{
    Topic = 1,
    StaticBroker = 4,
    Default = 5,
}

internal sealed record DescribeConfigsRequest(List<DescribeConfigsResource> Resources, bool IncludeSynonyms, bool IncludeDocumentation)
    : IReadable<DescribeConfigsRequest>
{
    public static DescribeConfigsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new DescribeConfigsRequest(
            reader.Array<DescribeConfigsResource>(version), reader.Bool(), version >= 3 && reader.Bool());
        reader.Tags();
        return request;
    }
}

/// <param name="Type">A topic or the broker.</param>
/// <param name="Name">The topic's name or the broker's id.</param>
/// <param name="Keys">Null asks for all settings.</param>
internal sealed record DescribeConfigsResource(ResourceType Type, string Name, List<string>? Keys) : IReadable<DescribeConfigsResource>
{
    public static DescribeConfigsResource Read(ref KafkaReader reader, short version)
    {
        var resource = new DescribeConfigsResource((ResourceType)reader.Int8(), reader.String(), reader.NullableStringArray());
        reader.Tags();
        return resource;
    }
}

internal sealed record DescribeConfigsResponse(IReadOnlyCollection<DescribedResource> Resources) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Array(Resources, version);
        writer.Tags();
    }
}

internal sealed record DescribedResource(
    ErrorCode Error, string? Message, ResourceType Type, string Name, IReadOnlyCollection<DescribedConfig> Configs) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        writer.NullableString(Message);
        writer.Int8((sbyte)Type);
        writer.String(Name);
        writer.Array(Configs, version);
        writer.Tags();
    }
}

internal sealed record DescribedConfig(
    string Name, string Value, bool ReadOnly, ConfigSource Source, sbyte Type, string? Documentation,
    IReadOnlyCollection<ConfigSynonym> Synonyms) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.NullableString(Value);
        writer.Bool(ReadOnly);
        writer.Int8((sbyte)Source);
        writer.Bool(false); // sensitive
        writer.Array(Synonyms, version);
        if (version >= 3)
        {
            writer.Int8(Type);
            writer.NullableString(Documentation);
        }
        writer.Tags();
    }
}

internal sealed record ConfigSynonym(string Name, string Value, ConfigSource Source) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.NullableString(Value);
        writer.Int8((sbyte)Source);
        writer.Tags();
    }
}
