namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record DeleteRecordsRequest(List<DeleteRecordsTopic> Topics) : IReadable<DeleteRecordsRequest>
{
    public static DeleteRecordsRequest Read(ref KafkaReader reader, short version)
    {
        var request = new DeleteRecordsRequest(reader.Array<DeleteRecordsTopic>(version));
        reader.Int32(); // timeout
        reader.Tags();
        return request;
    }
}

internal sealed record DeleteRecordsTopic(string Name, List<DeleteRecordsPartition> Partitions) : IReadable<DeleteRecordsTopic>
{
    public static DeleteRecordsTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new DeleteRecordsTopic(reader.String(), reader.Array<DeleteRecordsPartition>(version));
        reader.Tags();
        return topic;
    }
}

/// <param name="Index">The partition.</param>
/// <param name="Offset">The first offset to keep; -1: none of those that are there.</param>
internal readonly record struct DeleteRecordsPartition(int Index, long Offset) : IReadable<DeleteRecordsPartition>
{
    public static DeleteRecordsPartition Read(ref KafkaReader reader, short version)
    {
        var partition = new DeleteRecordsPartition(reader.Int32(), reader.Int64());
        reader.Tags();
        return partition;
    }
}

internal sealed record DeleteRecordsResponse(IReadOnlyCollection<DeleteRecordsTopicResult> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Tags();
    }
}

internal sealed record DeleteRecordsTopicResult(string Name, IReadOnlyCollection<DeleteRecordsResult> Partitions) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.Array(Partitions, version);
        writer.Tags();
    }
}

internal readonly record struct DeleteRecordsResult(int Index, long LowWatermark, ErrorCode Error) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(Index);
        writer.Int64(LowWatermark);
        writer.Error(Error);
        writer.Tags();
    }
}
