namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record DescribeTopicPartitionsRequest(List<NamedTopic> Topics, int Limit, TopicCursor? Cursor)
    : IReadable<DescribeTopicPartitionsRequest>
{
    public static DescribeTopicPartitionsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new DescribeTopicPartitionsRequest(
            reader.Array<NamedTopic>(version), reader.Int32(), reader.Int8() < 0 ? null : TopicCursor.Read(ref reader, version));
        reader.Tags();
        return request;
    }
}

internal sealed record NamedTopic(string Name) : IReadable<NamedTopic>
{
    public static NamedTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new NamedTopic(reader.String());
        reader.Tags();
        return topic;
    }
}

/// <summary>Where an answer that would be too long goes on.</summary>
internal sealed record TopicCursor(string Topic, int Partition) : IReadable<TopicCursor>, IWritable
{
    public static TopicCursor Read(ref KafkaReader reader, short version)
    {
        var cursor = new TopicCursor(reader.String(), reader.Int32());
        reader.Tags();
        return cursor;
    }

    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Topic);
        writer.Int32(Partition);
        writer.Tags();
    }
}

internal sealed record DescribeTopicPartitionsResponse(IReadOnlyCollection<TopicPartitionsResult> Topics, TopicCursor? Next) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Int8((sbyte)(Next is null ? -1 : 1));
        Next?.Write(writer, version);
        writer.Tags();
    }
}

internal sealed record TopicPartitionsResult(ErrorCode Error, string Name, Guid Id, IReadOnlyCollection<PartitionPlace> Partitions)
    : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        writer.NullableString(Name);
        writer.Uuid(Id);
        writer.Bool(false); // internal
        writer.Array(Partitions, version);
        writer.Int32(int.MinValue); // authorized operations: not asked for
        writer.Tags();
    }
}

internal readonly record struct PartitionPlace(int Index) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(ErrorCode.None);
        writer.Int32(Index);
        writer.Int32(Broker.NodeId);
        writer.Int32(Broker.LeaderEpoch);
        writer.Int32Array([Broker.NodeId]); // replicas
        writer.Int32Array([Broker.NodeId]); // in sync
        writer.ArrayLength(-1); // eligible leaders
        writer.ArrayLength(-1); // last known eligible leaders
        writer.Int32Array([]); // offline
        writer.Tags();
    }
}
