using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

/// <summary>The clients that tests use, as short as they are used.</summary>
internal static class TestClients
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static IProducer<string, string> Producer(TestBroker broker, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 1,
            CompressionType = CompressionType.Lz4,
        };
        configure?.Invoke(config);
        return new ProducerBuilder<string, string>(config).Build();
    }

    internal static IConsumer<string, string> Consumer(TestBroker broker, string group, Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            SessionTimeoutMs = 6000,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string, string>(config).Build();
    }

    internal static IAdminClient Admin(TestBroker broker) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();

    internal static async Task CreateTopicAsync(
        TestBroker broker, string topic, int partitions = 1, Dictionary<string, string>? settings = null)
    {
        using var admin = Admin(broker);
        await admin.CreateTopicsAsync(
            [new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = settings }]);
    }

    internal static async Task ProduceAsync(TestBroker broker, string topic, IEnumerable<string> values, Action<ProducerConfig>? configure = null)
    {
        using var producer = Producer(broker, configure);
        foreach (string value in values)
            producer.Produce(topic, new Message<string, string> { Key = value, Value = value });
        producer.Flush(Patience);
        await Task.CompletedTask;
    }

    /// <summary>Reads a topic's partitions by assignment until so many records came.</summary>
    internal static List<ConsumeResult<string, string>> ReadAll(TestBroker broker, string topic, int count, int partitions = 1)
    {
        using var consumer = Consumer(broker, "reader");
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        return Take(consumer, count);
    }

    internal static List<ConsumeResult<string, string>> Take(IConsumer<string, string> consumer, int count)
    {
        var records = new List<ConsumeResult<string, string>>();
        var end = DateTime.UtcNow + Patience;
        while (records.Count < count && DateTime.UtcNow < end)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
                records.Add(record);
        }
        Assert.Equal(count, records.Count);
        return records;
    }

    internal static string Text(this byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
