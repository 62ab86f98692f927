using Confluent.Kafka;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Roles;

internal static class DeadLetterReader
{
    /// <summary>The first record of a topic's only partition.</summary>
    public static ConsumeResult<byte[], byte[]> First(TestBroker broker, string topic) => Take(broker, topic, 1)[0];

    /// <summary>The first records of a topic's only partition.</summary>
    public static List<ConsumeResult<byte[], byte[]>> Take(TestBroker broker, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "test",
            EnableAutoCommit = false,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        var deadline = DateTime.UtcNow.AddSeconds(90);
        while (records.Count < count && DateTime.UtcNow < deadline)
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record) records.Add(record);
        Assert.Equal(count, records.Count);
        return records;
    }
}
