namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record CreatePartitionsRequest(List<GrowingTopic> Topics, bool ValidateOnly) : IReadable<CreatePartitionsRequest>
{
    public static CreatePartitionsRequest Read(ref KafkaReader reader, short version)
    {
        var topics = reader.Array<GrowingTopic>(version);
        reader.Int32(); // timeout
        var request = new CreatePartitionsRequest(topics, reader.Bool());
        reader.Tags();
        return request;
    }
}

/// <param name="Name">The topic.</param>
/// <param name="Count">How many partitions it shall have in all.</param>
/// <param name="Assignments">Where the new ones are to be placed.</param>
internal sealed record GrowingTopic(string Name, int Count, List<BrokerList>? Assignments) : IReadable<GrowingTopic>
{
    public static GrowingTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new GrowingTopic(reader.String(), reader.Int32(), reader.NullableArray<BrokerList>(version));
        reader.Tags();
        return topic;
    }
}

internal sealed record BrokerList(int[] Brokers) : IReadable<BrokerList>
{
    public static BrokerList Read(ref KafkaReader reader, short version)
    {
        var list = new BrokerList(reader.Int32Array());
        reader.Tags();
        return list;
    }
}

internal sealed record CreatePartitionsResponse(IReadOnlyCollection<GrownTopic> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Tags();
    }
}

internal sealed record GrownTopic(string Name, ErrorCode Error, string? Message) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.Error(Error);
        writer.NullableString(Message);
        writer.Tags();
    }
}
