using System.Text.RegularExpressions;
using Confluent.Kafka;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Durability;

/// <summary>What a crash of the machine may leave at the end of a log.</summary>
public sealed class TornTailTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogFile => Path.Combine(_folder.Path, "topics", "t", "0", "00000000000000000000.log");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a half written batch", 2)]
    [InlineData("a flipped byte", 2)]
    [InlineData("zeros", 3)]
    public async Task A_tail_that_is_no_whole_batch_is_cut_and_the_log_says_so(string damage, int left)
    {
        await using (var broker = await BrokerProcess.StartAsync(_folder.Path, 0))
        {
            await ProduceAsync(broker, "0", "1", "2");
            await broker.KillAsync();
        }
        Damage(damage);

        await using var restarted = await BrokerProcess.StartAsync(_folder.Path, 0);
        await ProduceAsync(restarted, "after");

        await SaysAsync(restarted, $"{Regex.Escape(LogFile)}: cut [0-9]+ bytes behind position [0-9]+ that are no whole batch; the next offset is {left}");
        Assert.Equal([.. new[] { "0", "1", "2" }.Take(left), "after"], Read(restarted, left + 1));
    }

    [Fact]
    public async Task A_log_that_is_shorter_than_its_checkpoint_says_is_read_from_the_beginning()
    {
        await using (var broker = await BrokerProcess.StartAsync(_folder.Path, 0))
        {
            await ProduceAsync(broker, "0", "1", "2");
            await broker.StopAsync(); // a checkpoint says that everything is whole
        }
        Damage("a half written batch");

        await using var restarted = await BrokerProcess.StartAsync(_folder.Path, 0);
        await ProduceAsync(restarted, "after");

        await SaysAsync(restarted, "the next offset is 2");
        Assert.Equal(["0", "1", "after"], Read(restarted, 3));
    }

    // The log comes through a pipe, and may come after what it tells of.
    private static Task SaysAsync(BrokerProcess broker, string pattern) => Eventually.Async(() => Regex.IsMatch(broker.Log, pattern));

    private void Damage(string how)
    {
        using var file = new FileStream(LogFile, FileMode.Open, FileAccess.ReadWrite);
        switch (how)
        {
            case "a half written batch":
                file.SetLength(file.Length - 5);
                break;
            case "a flipped byte":
                file.Seek(-5, SeekOrigin.End);
                int last = file.ReadByte();
                file.Seek(-5, SeekOrigin.End);
                file.WriteByte((byte)(last ^ 0x10));
                break;
            default:
                file.Seek(0, SeekOrigin.End);
                file.Write(new byte[1000]);
                break;
        }
    }

    private static async Task ProduceAsync(BrokerProcess broker, params string[] values)
    {
        using var producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = broker.BootstrapServers, LingerMs = 0 }).Build();
        foreach (string value in values)
            await producer.ProduceAsync("t", new Message<Null, string> { Value = value }); // a batch for each
    }

    private static List<string> Read(BrokerProcess broker, int count)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(
            new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "g", EnableAutoCommit = false }).Build();
        consumer.Assign(new TopicPartitionOffset("t", 0, Offset.Beginning));
        return [.. Enumerable.Range(0, count).Select(i =>
            (consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"only {i} came")).Message.Value)];
    }
}
