using System.Diagnostics;
using System.Text.Json;
using Confluent.Kafka;

namespace Crypto.Bench.Kafka;

/// <summary>Consumes a filled topic, and measures round trips.</summary>
internal static class KafkaConsuming
{
    private const int Partitions = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>Records per second from the first record to the last.</returns>
    internal static double FromBroker(string bootstrap, string topic, int count)
    {
        using var consumer = Consumer(bootstrap, _ => { }).Build();
        AssignAll(consumer, topic);
        Take(consumer, 1);
        return Rate(consumer, count - 1);
    }

    /// <summary>What the client can do at best: everything is in its memory before the clock starts.</summary>
    internal static double FromFullQueue(string bootstrap, string topic, int count)
    {
        using var full = new ManualResetEventSlim();
        var builder = Consumer(bootstrap, config =>
        {
            config.QueuedMinMessages = 10_000_000;
            config.QueuedMaxMessagesKbytes = 2_097_151;
            config.StatisticsIntervalMs = 100;
        });
        int taken = 0;
        builder.SetStatisticsHandler((_, json) =>
        {
            if (QueuedIn(json) >= count - Volatile.Read(ref taken) - 1)
                full.Set();
        });
        using var consumer = builder.Build();
        AssignAll(consumer, topic);
        // Statistics come through Consume, in front of the records; a record now and then is what it costs.
        for (var end = DateTime.UtcNow + Patience; !full.Wait(TimeSpan.FromMilliseconds(20));)
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"the client's queue was not full within {Patience}");
            if (consumer.Consume(TimeSpan.Zero) is not null)
                Interlocked.Increment(ref taken);
        }
        return Rate(consumer, count - taken);
    }

    internal static List<double> RoundTrips(string bootstrap, int count)
    {
        const string Topic = "round-trip";
        var config = new ProducerConfig { BootstrapServers = bootstrap, EnableIdempotence = true, Acks = Acks.All, LingerMs = 0 };
        using var producer = new ProducerBuilder<Null, byte[]>(config).Build();
        using var consumer = Consumer(bootstrap, c => c.FetchWaitMaxMs = 500).Build();
        producer.ProduceAsync(Topic, new Message<Null, byte[]> { Value = new byte[200] }).GetAwaiter().GetResult();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(Topic, p, Offset.Beginning)));
        Take(consumer, 1);
        var latencies = new List<double>(count);
        var message = new Message<Null, byte[]> { Value = new byte[200] };
        for (int i = 0; i < count + (count / 10); i++)
        {
            long started = Stopwatch.GetTimestamp();
            producer.Produce(new TopicPartition(Topic, new Partition(0)), message);
            Take(consumer, 1);
            if (i >= count / 10) // the first ones warm up
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return latencies;
    }

    private static ConsumerBuilder<Ignore, byte[]> Consumer(string bootstrap, Action<ConsumerConfig> configure)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = "bench",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            QueuedMinMessages = 1_000_000,
            // By default a client whose queue was full does not fetch for a second, while a fast application empties it.
            FetchQueueBackoffMs = 5,
        };
        configure(config);
        return new ConsumerBuilder<Ignore, byte[]>(config);
    }

    private static void AssignAll(IConsumer<Ignore, byte[]> consumer, string topic) =>
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));

    private static double Rate(IConsumer<Ignore, byte[]> consumer, int count)
    {
        var watch = Stopwatch.StartNew();
        Take(consumer, count);
        return count / watch.Elapsed.TotalSeconds;
    }

    private static void Take(IConsumer<Ignore, byte[]> consumer, int count)
    {
        while (count > 0)
        {
            if (consumer.Consume(Patience) is null)
                throw new TimeoutException($"{count} records did not come within {Patience}");
            count--;
        }
    }

    /// <summary>Partitions share the consumer's one queue, and each tells its whole length.</summary>
    private static long QueuedIn(string statistics)
    {
        using var json = JsonDocument.Parse(statistics);
        return json.RootElement.GetProperty("topics").EnumerateObject()
            .SelectMany(topic => topic.Value.GetProperty("partitions").EnumerateObject())
            .Select(partition => partition.Value.GetProperty("fetchq_cnt").GetInt64()).DefaultIfEmpty().Max();
    }
}
