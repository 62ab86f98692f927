namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record DeleteTopicsRequest(List<DeletableTopic> Topics) : IReadable<DeleteTopicsRequest>
{
    public static DeleteTopicsRequest Read(ref KafkaReader reader, short version)
    {
        List<DeletableTopic> topics = version >= 6
            ? reader.Array<DeletableTopic>(version)
            : [.. reader.StringArray().Select(name => new DeletableTopic(name, Guid.Empty))];
        reader.Int32(); // timeout: deleting does not wait
        reader.Tags();
        return new(topics);
    }
}

internal readonly record struct DeletableTopic(string? Name, Guid Id) : IReadable<DeletableTopic>
{
    public static DeletableTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new DeletableTopic(reader.NullableString(), reader.Uuid());
        reader.Tags();
        return topic;
    }
}

internal sealed record DeleteTopicsResponse(IReadOnlyCollection<DeletedTopic> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 1)
            writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Tags();
    }
}

internal sealed record DeletedTopic(string? Name, Guid Id, ErrorCode Error, string? Message) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 6)
        {
            writer.NullableString(Name);
            writer.Uuid(Id);
        }
        else
        {
            writer.String(Name ?? "");
        }
        writer.Error(Error);
        if (version >= 5)
            writer.NullableString(Message);
        writer.Tags();
    }
}
