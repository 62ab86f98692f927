using Confluent.Kafka;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Durability;

/// <summary>A broker whose folder is a file system of a few megabytes.</summary>
public sealed class DiskFullTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Mounting.UnmountAsync(_folder.Path);
        _folder.Dispose();
    }

    [SystemFact(SystemNeed.Mount)]
    public async Task With_a_full_disk_producers_have_to_wait_reads_go_on_and_with_room_all_is_well()
    {
        await Mounting.MountAsync(_folder.Path, "8m");
        await using var broker = await BrokerProcess.StartAsync(_folder.Path, 0);
        using var producer = Producer(broker);
        var written = new List<string>();
        ErrorCode? refused = null;
        while (refused is null)
        {
            string value = $"{written.Count}".PadRight(200_000);
            try
            {
                await producer.ProduceAsync("t", new Message<Null, string> { Value = value });
                written.Add(value);
            }
            catch (ProduceException<Null, string> e)
            {
                refused = e.Error.Code;
            }
        }

        // With a single attempt the producer tells the broker's own code: one that is worth trying again.
        Assert.Equal(ErrorCode.KafkaStorageError, refused);
        Assert.InRange(written.Count, 20, 45);
        Assert.Equal(written, Read(broker, written.Count));
        await Eventually.Async(() => broker.Log.Contains("could not be written", StringComparison.Ordinal)); // it comes through a pipe

        using var patient = Producer(broker, retries: int.MaxValue);
        var waiting = patient.ProduceAsync("t", new Message<Null, string> { Value = "patient".PadRight(200_000) });
        await Mounting.ResizeAsync(_folder.Path, "64m");
        await waiting.WaitAsync(TimeSpan.FromSeconds(90));
        Assert.Equal([.. written, "patient".PadRight(200_000)], Read(broker, written.Count + 1));

        // What a full disk has left behind half written is no trouble for the next start.
        await broker.KillAsync();
        await using var restarted = await BrokerProcess.StartAsync(_folder.Path, 0);
        Assert.Equal([.. written, "patient".PadRight(200_000)], Read(restarted, written.Count + 1));
    }

    private static IProducer<Null, string> Producer(BrokerProcess broker, int retries = 0) =>
        new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            MessageSendMaxRetries = retries,
            CompressionType = CompressionType.None,
            LingerMs = 0,
        }).Build();

    private static List<string> Read(BrokerProcess broker, int count)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(
            new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "g", EnableAutoCommit = false }).Build();
        consumer.Assign(new TopicPartitionOffset("t", 0, Offset.Beginning));
        var values = new List<string>();
        while (values.Count < count)
            values.Add((consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"only {values.Count} came")).Message.Value);
        return values;
    }
}
