namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record ProduceRequest(string? TransactionalId, short Acks, int TimeoutMs, List<ProduceTopic> Topics)
    : IReadable<ProduceRequest>
{
    public static ProduceRequest Read(ref KafkaReader reader, short version)
    {
        var request = new ProduceRequest(
            version >= 3 ? reader.NullableString() : null, reader.Int16(), reader.Int32(), reader.Array<ProduceTopic>(version));
        reader.Tags();
        return request;
    }
}

internal sealed record ProduceTopic(string Name, List<ProducePartition> Partitions) : IReadable<ProduceTopic>
{
    public static ProduceTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new ProduceTopic(reader.String(), reader.Array<ProducePartition>(version));
        reader.Tags();
        return topic;
    }
}

/// <param name="Index">The partition.</param>
/// <param name="Records">One record batch, in the request's own buffer.</param>
internal readonly record struct ProducePartition(int Index, Memory<byte>? Records) : IReadable<ProducePartition>
{
    public static ProducePartition Read(ref KafkaReader reader, short version)
    {
        var partition = new ProducePartition(reader.Int32(), reader.NullableBytes());
        reader.Tags();
        return partition;
    }
}

internal sealed record ProduceResponse(IReadOnlyCollection<ProduceTopicResult> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Array(Topics, version);
        if (version >= 1)
            writer.Int32(0); // throttle time
        writer.Tags();
    }
}

internal sealed record ProduceTopicResult(string Name, IReadOnlyCollection<ProducePartitionResult> Partitions) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.Array(Partitions, version);
        writer.Tags();
    }
}

internal readonly record struct ProducePartitionResult(
    int Index, ErrorCode Error, long BaseOffset, long LogAppendTimeMs, long LogStartOffset, string? Message) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(Index);
        writer.Error(Error);
        writer.Int64(BaseOffset);
        if (version >= 2)
            writer.Int64(LogAppendTimeMs);
        if (version >= 5)
            writer.Int64(LogStartOffset);
        if (version >= 8)
        {
            writer.ArrayLength(0); // errors of single records
            writer.NullableString(Message);
        }
        writer.Tags();
    }
}
