namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record OffsetForLeaderEpochRequest(List<LeaderEpochTopic> Topics) : IReadable<OffsetForLeaderEpochRequest>
{
    public static OffsetForLeaderEpochRequest Read(ref KafkaReader reader, short version)
    {
        if (version >= 3)
            reader.Int32(); // replica id
        var request = new OffsetForLeaderEpochRequest(reader.Array<LeaderEpochTopic>(version));
        reader.Tags();
        return request;
    }
}

internal sealed record LeaderEpochTopic(string Name, List<LeaderEpochPartition> Partitions) : IReadable<LeaderEpochTopic>
{
    public static LeaderEpochTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new LeaderEpochTopic(reader.String(), reader.Array<LeaderEpochPartition>(version));
        reader.Tags();
        return topic;
    }
}

/// <param name="Index">The partition.</param>
/// <param name="CurrentEpoch">What the client believes to be the epoch now, or -1.</param>
/// <param name="LeaderEpoch">The epoch whose end it asks for.</param>
internal readonly record struct LeaderEpochPartition(int Index, int CurrentEpoch, int LeaderEpoch) : IReadable<LeaderEpochPartition>
{
    public static LeaderEpochPartition Read(ref KafkaReader reader, short version)
    {
        var partition = new LeaderEpochPartition(reader.Int32(), version >= 2 ? reader.Int32() : -1, reader.Int32());
        reader.Tags();
        return partition;
    }
}

internal sealed record OffsetForLeaderEpochResponse(IReadOnlyCollection<LeaderEpochTopicResult> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version >= 2)
            writer.Int32(0); // throttle time
        writer.Array(Topics, version);
        writer.Tags();
    }
}

internal sealed record LeaderEpochTopicResult(string Name, IReadOnlyCollection<LeaderEpochResult> Partitions) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.String(Name);
        writer.Array(Partitions, version);
        writer.Tags();
    }
}

internal readonly record struct LeaderEpochResult(int Index, ErrorCode Error, int LeaderEpoch, long EndOffset) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        writer.Int32(Index);
        if (version >= 1)
            writer.Int32(LeaderEpoch);
        writer.Int64(EndOffset);
        writer.Tags();
    }
}
