using Crypto.EmbeddedKafka.Tests.Clients;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Wire;

/// <summary>Clients that ask for much and take nothing.</summary>
[Collection(AloneCollection.Name)] // it measures the memory of the whole process
public sealed class SlowReaderTests
{
    private const int SlowReaders = 50;
    private const int Records = 400;
    private const int RecordBytes = 100_000;

    [Fact]
    public async Task Slow_readers_hold_little_and_block_nobody()
    {
        await using var broker = await TestBroker.StartAsync();
        await TestClients.CreateTopicAsync(broker, "t");
        var values = Enumerable.Range(0, Records).Select(i => $"{i}".PadRight(RecordBytes)).ToList();
        await TestClients.ProduceAsync(broker, "t", values, c => c.CompressionType = Confluent.Kafka.CompressionType.None);
        var slow = await Task.WhenAll(Enumerable.Range(0, SlowReaders).Select(_ => RawClient.ConnectAsync(broker)));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        // Each is due 40 MB: two gigabytes, were they built in memory.
        foreach (var client in slow)
            await client.SendAsync(ConnectionTests.FetchWaiting(0));
        await Eventually.Async(() => slow.All(c => c.Socket.Available > 0), withinSeconds: 60);

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < SlowReaders * 1_000_000);
        Assert.Equal(Records, TestClients.ReadAll(broker, "t", Records).Count);
        await TestClients.ProduceAsync(broker, "t", ["after"]);
        Assert.Equal("after", TestClients.ReadAll(broker, "t", Records + 1)[^1].Message.Value);
        foreach (var client in slow)
            client.Dispose();
    }
}
