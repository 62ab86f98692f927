using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;

namespace Crypto.Kafka;

/// <summary>A record of a dead-letter topic.</summary>
/// <param name="Topic">The topic that it was meant for, without <c>.dlq</c>.</param>
/// <param name="Partition">Partition of the dead-letter topic.</param>
/// <param name="Offset">Offset in it.</param>
/// <param name="Time">When it was put there.</param>
/// <param name="Key">The original key; null where there was none.</param>
/// <param name="Value">The original bytes.</param>
/// <param name="Headers">All headers: those of <see cref="DeadLetters"/> and, of a consumed record, its own.</param>
public sealed record DeadLetter(
    string Topic, int Partition, long Offset, DateTimeOffset Time, byte[]? Key, byte[] Value, IReadOnlyList<KeyValuePair<string, byte[]>> Headers)
{
    /// <summary>Why it could not be processed.</summary>
    public string Reason => Text(DeadLetters.ReasonHeader);

    /// <summary>Who says so: <c>storage</c>, <c>aggregation</c>, or <c>ingestion SOURCE</c> for bytes that never reached the topic.</summary>
    public string Stage => Text(DeadLetters.StageHeader);

    /// <summary>The record's own headers.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> OwnHeaders => Headers.Where(header => !header.Key.StartsWith("dlq-", StringComparison.Ordinal));

    private string Text(string name) =>
        Headers.FirstOrDefault(header => header.Key == name).Value is { } value ? Encoding.UTF8.GetString(value) : "";
}

/// <summary>Reads the dead-letter topics from their beginnings to where they end now. Nothing is committed.</summary>
public sealed class DeadLetterLog(KafkaOptions options)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The letters of one topic, by partition and offset.</summary>
    /// <param name="topic">The topic that they were meant for.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="RetriableException">The broker cannot be reached.</exception>
    public IReadOnlyList<DeadLetter> Read(string topic, CancellationToken cancellation)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClients.Settings(options, "dlq", new()
        {
            ["group.id"] = "crypto-dlq",
            ["enable.auto.commit"] = "false",
            ["enable.partition.eof"] = "false",
            ["auto.offset.reset"] = "earliest",
            ["allow.auto.create.topics"] = "false",
        })).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        try
        {
            var letters = new List<DeadLetter>();
            foreach (var partition in PartitionsOf(topic)) Read(consumer, partition, letters, cancellation);
            return letters;
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"the dead letters of {topic} cannot be read from {options.BootstrapServers}: {e.Error.Reason}", e);
        }
    }

    private List<TopicPartition> PartitionsOf(string topic)
    {
        using var admin = new AdminClientBuilder(KafkaClients.Settings(options, "dlq"))
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
        // All topics: to ask for one that is missing may make it.
        var metadata = admin.GetMetadata(RequestTimeout).Topics.Find(found => found.Topic == Topics.DeadLetters(topic));
        return metadata is null ? [] : [.. metadata.Partitions.Select(partition => new TopicPartition(metadata.Topic, partition.PartitionId))];
    }

    private static void Read(IConsumer<byte[], byte[]> consumer, TopicPartition partition, List<DeadLetter> letters, CancellationToken cancellation)
    {
        var extent = consumer.QueryWatermarkOffsets(partition, RequestTimeout);
        if (extent.Low >= extent.High) return;
        consumer.Assign(new TopicPartitionOffset(partition, extent.Low));
        while (true)
        {
            var record = consumer.Consume(cancellation);
            letters.Add(LetterOf(record));
            if (record.Offset.Value >= extent.High - 1) return;
        }
    }

    private static DeadLetter LetterOf(ConsumeResult<byte[], byte[]> record) => new(
        record.Topic[..^Topics.DeadLetters("").Length], record.Partition.Value, record.Offset.Value,
        new DateTimeOffset(record.Message.Timestamp.UtcDateTime), record.Message.Key, record.Message.Value ?? [],
        [.. (record.Message.Headers ?? []).Select(header => KeyValuePair.Create(header.Key, header.GetValueBytes()))]);
}
