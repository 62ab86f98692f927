using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Kafka.Tests;

/// <summary>A broker with a producer and running consumers.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly List<(BatchConsumer Consumer, CancellationTokenSource Stop, Task Run)> _consumers = [];
    private readonly KafkaTopics _topics;

    /// <summary>After this long without a heartbeat the broker throws a member out.</summary>
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(6);

    private Cluster(TestBroker broker, int partitions)
    {
        Broker = broker;
        Options = new KafkaOptions { BootstrapServers = broker.BootstrapServers, TradePartitions = partitions };
        Producer = KafkaClients.BuildProducer(Options, NullLoggerFactory.Instance);
        _topics = new KafkaTopics(Microsoft.Extensions.Options.Options.Create(Options), NullLogger<KafkaTopics>.Instance);
    }

    public TestBroker Broker { get; }

    public KafkaOptions Options { get; }

    public IProducer<byte[], byte[]> Producer { get; private set; }

    public KafkaTopics Topics => _topics;

    public static async Task<Cluster> StartAsync(int partitions = 4)
    {
        var cluster = new Cluster(await TestBroker.StartAsync(), partitions);
        await cluster._topics.EnsureAsync(default);
        return cluster;
    }

    /// <summary>Publishes values, each under a key of its own, so that they spread over the partitions.</summary>
    public async Task ProduceAsync(IEnumerable<string> values, string topic = Contracts.Topics.Trades) =>
        await Task.WhenAll(values.Select(value => Producer.ProduceAsync(topic, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(value),
            Value = Encoding.UTF8.GetBytes(value),
        })));

    public async Task AddPartitionsAsync(string topic, int partitions)
    {
        using var admin = new AdminClientBuilder(KafkaClients.Settings(Options, "test-admin")).Build();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = partitions }]);
    }

    public BatchConsumer Consume(IBatchHandler handler, string member = "one", int maxRecords = 20_000, TimeProvider? clock = null)
    {
        var consumer = new BatchConsumer(new BatchConsumerOptions
        {
            Name = "test",
            Group = "test",
            Topics = [Contracts.Topics.Trades],
            MemberId = member,
            MaxRecords = maxRecords,
            SessionTimeout = SessionTimeout,
            TopicCheck = TimeSpan.FromMilliseconds(300),
            MaxRetryPause = TimeSpan.FromMilliseconds(200),
        }, Options, _topics, handler, clock ?? TimeProvider.System, NullLogger.Instance);
        var stop = new CancellationTokenSource();
        _consumers.Add((consumer, stop, Task.Run(() => consumer.RunAsync(stop.Token))));
        return consumer;
    }

    /// <summary>The end of a consumer: the task that ends with it.</summary>
    public Task EndOf(BatchConsumer consumer) => _consumers.Single(c => c.Consumer == consumer).Run;

    public async Task StopAsync(BatchConsumer consumer)
    {
        var running = _consumers.Single(c => c.Consumer == consumer);
        _consumers.Remove(running);
        await running.Stop.CancelAsync();
        await running.Run.WaitAsync(TimeSpan.FromSeconds(60));
        running.Stop.Dispose();
        consumer.Dispose();
    }

    public static async Task UntilAsync(Func<bool> condition, string what, int seconds = 60)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begin).TotalSeconds > seconds) throw new TimeoutException($"not within {seconds} s: {what}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (consumer, _, run) in _consumers.ToList())
        {
            if (run.IsFaulted) continue;
            await StopAsync(consumer);
        }
        Producer.Dispose();
        _topics.Dispose();
        await Broker.DisposeAsync();
    }
}
