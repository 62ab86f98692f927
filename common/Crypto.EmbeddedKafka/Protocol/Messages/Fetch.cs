using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record FetchRequest(
    int MaxWaitMs, int MinBytes, int MaxBytes, bool ReadCommitted, int SessionId, int SessionEpoch, List<FetchTopic> Topics)
    : IReadable<FetchRequest>
{
    public static FetchRequest Read(ref KafkaReader reader, short version)
    {
        if (version <= 14)
            reader.Int32(); // replica id
        int maxWaitMs = reader.Int32();
        int minBytes = reader.Int32();
        int maxBytes = reader.Int32();
        bool readCommitted = reader.Int8() == 1;
        int sessionId = version >= 7 ? reader.Int32() : 0;
        int sessionEpoch = version >= 7 ? reader.Int32() : -1;
        var topics = reader.Array<FetchTopic>(version);
        if (version >= 7)
            reader.Array<ForgottenTopic>(version);
        if (version >= 11)
            reader.String(); // rack
        reader.Tags();
        return new(maxWaitMs, minBytes, maxBytes, readCommitted, sessionId, sessionEpoch, topics);
    }
}

/// <param name="Name">The topic, in versions up to 12.</param>
/// <param name="Id">The topic, in later versions.</param>
/// <param name="Partitions">What to read of it.</param>
internal sealed record FetchTopic(string? Name, Guid Id, List<FetchPartition> Partitions) : IReadable<FetchTopic>
{
    public static FetchTopic Read(ref KafkaReader reader, short version)
    {
        var topic = new FetchTopic(
            version <= 12 ? reader.String() : null,
            version >= 13 ? reader.Uuid() : Guid.Empty,
            reader.Array<FetchPartition>(version));
        reader.Tags();
        return topic;
    }
}

internal readonly record struct FetchPartition(int Index, int LeaderEpoch, long Offset, int MaxBytes) : IReadable<FetchPartition>
{
    public static FetchPartition Read(ref KafkaReader reader, short version)
    {
        int index = reader.Int32();
        int leaderEpoch = version >= 9 ? reader.Int32() : -1;
        long offset = reader.Int64();
        if (version >= 12)
            reader.Int32(); // last fetched epoch
        if (version >= 5)
            reader.Int64(); // a follower's log start
        int maxBytes = reader.Int32();
        reader.Tags();
        return new(index, leaderEpoch, offset, maxBytes);
    }
}

/// <summary>Sent for incremental sessions only, which this broker never opens.</summary>
internal sealed record ForgottenTopic : IReadable<ForgottenTopic>
{
    public static ForgottenTopic Read(ref KafkaReader reader, short version)
    {
        if (version <= 12)
            reader.String();
        else
            reader.Uuid();
        reader.Int32Array();
        reader.Tags();
        return new();
    }
}

internal sealed record FetchResponse(ErrorCode Error, IReadOnlyCollection<FetchTopicResult> Topics) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        if (version >= 7)
        {
            writer.Error(Error);
            writer.Int32(0); // session: always 0, a full fetch
        }
        writer.Array(Topics, version);
        writer.Tags();
    }
}

internal sealed record FetchTopicResult(string? Name, Guid Id, IReadOnlyCollection<FetchPartitionResult> Partitions) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        if (version <= 12)
            writer.String(Name ?? "");
        else
            writer.Uuid(Id);
        writer.Array(Partitions, version);
        writer.Tags();
    }
}

internal readonly record struct FetchPartitionResult(int Index, ErrorCode Error, LogSlice Records) : IWritable
{
    internal long HighWatermark { get; init; } = -1;

    internal long LastStableOffset { get; init; } = -1;

    internal long LogStartOffset { get; init; } = -1;

    internal IReadOnlyCollection<AbortedTransaction>? Aborted { get; init; }

    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(Index);
        writer.Error(Error);
        writer.Int64(HighWatermark);
        writer.Int64(LastStableOffset);
        if (version >= 5)
            writer.Int64(LogStartOffset);
        if (Aborted is null)
            writer.ArrayLength(-1);
        else
            writer.Array(Aborted, version);
        if (version >= 11)
            writer.Int32(-1); // preferred read replica
        writer.Records(Records);
        writer.Tags();
    }
}

/// <summary>A producer's aborted transaction that begins at an offset: readers of committed records skip its records.</summary>
internal readonly record struct AbortedTransaction(long ProducerId, long FirstOffset) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int64(ProducerId);
        writer.Int64(FirstOffset);
        writer.Tags();
    }
}
