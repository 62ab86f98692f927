namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record ListOffsetsRequest(bool ReadCommitted, List<ListOffsetsTopic> Topics) : IReadable<ListOffsetsRequest>
{
    public static ListOffsetsRequest Read(ref KafkaReader reader, short version)
    {
        reader.Int32(); // replica id
        bool readCommitted = version >= 2 && reader.Int8() == 1;
        var topics = reader.Array<ListOffsetsTopic>(version);
        if (version >= 10)
            reader.Int32(); // timeout of a look into remote storage
        reader.Tags();
        return new(readCommitted, topics);
    }
}

internal sealed record ListOffsetsTopic(string Name, List<ListOffsetsPartition> Partitions) : IReadable<ListOffsetsTopic>
{
    public static ListOffsetsTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new ListOffsetsTopic(reader.String(), reader.Array<ListOffsetsPartition>(version));
        reader.Tags();
        return topic;
    }
}

/// <param name="Index">The partition.</param>
/// <param name="LeaderEpoch">What the client believes, or -1.</param>
/// <param name="Timestamp">In ms, or one of the <see cref="SpecialTimestamp"/>s.</param>
internal readonly record struct ListOffsetsPartition(int Index, int LeaderEpoch, long Timestamp) : IReadable<ListOffsetsPartition>
{
    public static ListOffsetsPartition Read(ref KafkaReader reader, short version)
    {
        var partition = new ListOffsetsPartition(reader.Int32(), version >= 4 ? reader.Int32() : -1, reader.Int64());
        reader.Tags();
        return partition;
    }
}

internal static class SpecialTimestamp
{
    internal const long Latest = -1;
    internal const long Earliest = -2;
    internal const long MaxTimestamp = -3;
    internal const long EarliestLocal = -4;
    internal const long LatestTiered = -5;
}

internal sealed record ListOffsetsResponse(IReadOnlyCollection<ListOffsetsTopicResult> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 2)
            writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Tags();
    }
}

internal sealed record ListOffsetsTopicResult(string Name, IReadOnlyCollection<ListOffsetsPartitionResult> Partitions) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.Array(Partitions, version);
        writer.Tags();
    }
}

internal readonly record struct ListOffsetsPartitionResult(
    int Index, ErrorCode Error, long Timestamp = -1, long Offset = -1, int LeaderEpoch = -1) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(Index);
        writer.Error(Error);
        writer.Int64(Timestamp);
        writer.Int64(Offset);
        if (version >= 4)
            writer.Int32(LeaderEpoch);
        writer.Tags();
    }
}
