using Confluent.Kafka;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Durability;

public sealed class KillTests : IDisposable
{
    private const int Producers = 4;
    private const int Partitions = 2;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, 100)]
    [InlineData(true, 20)]
    public async Task Every_acknowledged_record_is_there_once_and_in_order_however_often_the_broker_is_killed(
        bool flushAlways, int rounds)
    {
        var random = new Random(20240809);
        int port = FreePorts.Take();
        string flush = flushAlways ? "Flush=Always" : "Flush=Never";
        var broker = await BrokerProcess.StartAsync(_folder.Path, port, flush);
        try
        {
            await CreateTopicAsync(broker.BootstrapServers);
            using var ending = new CancellationTokenSource();
            var writers = Enumerable.Range(0, Producers).Select(i => new NumberWriter(broker.BootstrapServers, i, i % Partitions)).ToList();
            var writing = writers.Select(w => Task.Run(() => w.WriteUntil(ending.Token))).ToList();
            for (int round = 0; round < TestScale.Count(rounds, atLeast: 2); round++)
            {
                await AwaitProgressAsync(writers);
                await Task.Delay(random.Next(30)); // the moment of the kill is to be anywhere in a request
                await broker.KillAsync();
                broker = await BrokerProcess.StartAsync(_folder.Path, port, flush);
            }
            await ending.CancelAsync();
            await Task.WhenAll(writing);

            var found = ReadAll(broker.BootstrapServers, writers.Sum(w => w.Acknowledged));
            foreach (var writer in writers)
            {
                Assert.Empty(writer.Failures);
                Assert.Equal(Enumerable.Range(0, writer.Acknowledged), found[writer.Id]);
            }
        }
        finally
        {
            await broker.DisposeAsync();
        }
    }

    private static async Task AwaitProgressAsync(List<NumberWriter> writers)
    {
        var before = writers.Select(w => w.Acknowledged).ToList();
        var end = DateTime.UtcNow.AddSeconds(90);
        while (writers.Where((w, i) => w.Acknowledged < before[i] + 50).Any())
        {
            Assert.True(DateTime.UtcNow < end, "the producers do not get on");
            await Task.Delay(5);
        }
    }

    private static async Task CreateTopicAsync(string bootstrap)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await admin.CreateTopicsAsync([new() { Name = NumberWriter.Topic, NumPartitions = Partitions, ReplicationFactor = 1 }]);
    }

    /// <summary>What the log holds, number by number, for each writer.</summary>
    private static Dictionary<int, List<int>> ReadAll(string bootstrap, int expected)
    {
        using var consumer = new ConsumerBuilder<byte[], string>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = "check",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(NumberWriter.Topic, p, Offset.Beginning)));
        var found = Enumerable.Range(0, Producers).ToDictionary(i => i, _ => new List<int>());
        int ended = 0;
        while (ended < Partitions)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"of {expected} records too few came");
            if (record.IsPartitionEOF)
            {
                ended++;
                continue;
            }
            var parts = record.Message.Value.Split(':');
            found[int.Parse(parts[0])].Add(int.Parse(parts[1]));
        }
        return found;
    }
}
