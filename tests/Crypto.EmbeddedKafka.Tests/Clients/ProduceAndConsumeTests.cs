using Confluent.Kafka;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

public sealed class ProduceAndConsumeTests : IAsyncLifetime
{
    private TestBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await TestBroker.StartAsync(o => o.DefaultPartitions = 3);

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Records_come_back_as_they_were_sent_whatever_their_compression(CompressionType compression)
    {
        var values = Enumerable.Range(0, 1000).Select(i => $"value {i}").ToList();
        await TestClients.CreateTopicAsync(_broker, "t");
        await TestClients.ProduceAsync(_broker, "t", values, c => c.CompressionType = compression);

        var records = TestClients.ReadAll(_broker, "t", 1000);

        Assert.Equal(values, records.Select(r => r.Message.Value));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), records.Select(r => r.Offset.Value));
    }

    [Fact]
    public async Task A_topic_is_made_on_first_use_with_the_default_partitions()
    {
        await TestClients.ProduceAsync(_broker, "first-use", ["a", "b", "c"]);

        using var admin = TestClients.Admin(_broker);
        var topic = admin.GetMetadata("first-use", TimeSpan.FromSeconds(60)).Topics.Single();

        Assert.Equal(3, topic.Partitions.Count);
        Assert.Equal(3, TestClients.ReadAll(_broker, "first-use", 3, partitions: 3).Count);
    }

    [Fact]
    public async Task A_group_goes_on_where_it_committed()
    {
        await TestClients.CreateTopicAsync(_broker, "t");
        await TestClients.ProduceAsync(_broker, "t", ["1", "2", "3", "4"]);
        using (var first = TestClients.Consumer(_broker, "g"))
        {
            first.Subscribe("t");
            var records = TestClients.Take(first, 2);
            first.Commit(records[^1]);
            first.Close();
        }
        await _broker.RestartAsync();
        using var second = TestClients.Consumer(_broker, "g");
        second.Subscribe("t");

        Assert.Equal(["3", "4"], TestClients.Take(second, 2).Select(r => r.Message.Value));
        second.Close();
    }

    [Fact]
    public async Task Records_offsets_and_topic_ids_survive_a_restart()
    {
        await TestClients.CreateTopicAsync(_broker, "t");
        await TestClients.ProduceAsync(_broker, "t", ["1", "2"]);
        var id = await TopicIdAsync("t");

        await _broker.RestartAsync();
        await TestClients.ProduceAsync(_broker, "t", ["3"]);

        Assert.Equal(["1", "2", "3"], TestClients.ReadAll(_broker, "t", 3).Select(r => r.Message.Value));
        Assert.Equal(id, await TopicIdAsync("t"));
    }

    [Fact]
    public async Task A_waiting_consumer_gets_a_record_at_once()
    {
        await TestClients.CreateTopicAsync(_broker, "t");
        using var producer = TestClients.Producer(_broker, c => c.LingerMs = 0);
        using var consumer = TestClients.Consumer(_broker, "g", c => c.FetchWaitMaxMs = 10_000);
        consumer.Assign(new TopicPartitionOffset("t", 0, Offset.Beginning));
        await producer.ProduceAsync("t", new Message<string, string> { Value = "warm" });
        TestClients.Take(consumer, 1);

        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < 20; i++)
        {
            await producer.ProduceAsync("t", new Message<string, string> { Value = "x" });
            TestClients.Take(consumer, 1);
        }

        // Twenty round trips that waited for the fetch to time out would take 200 s.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.ElapsedMilliseconds} ms");
    }

    private async Task<string> TopicIdAsync(string topic)
    {
        using var admin = TestClients.Admin(_broker);
        var described = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]));
        return described.TopicDescriptions.Single().TopicId.ToString();
    }
}
