using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

public sealed class TopicTests : IAsyncLifetime
{
    private TestBroker _broker = null!;
    private IAdminClient _admin = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync(o => o.LogCheckIntervalMs = 100);
        _admin = TestClients.Admin(_broker);
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_topic_made_anew_has_another_id_and_no_records()
    {
        await TestClients.CreateTopicAsync(_broker, "t");
        await TestClients.ProduceAsync(_broker, "t", ["old"]);
        var before = await TopicIdAsync();

        await _admin.DeleteTopicsAsync(["t"]);
        await TestClients.CreateTopicAsync(_broker, "t");

        Assert.NotEqual(before, await TopicIdAsync());
        await TestClients.ProduceAsync(_broker, "t", ["new"]);
        Assert.Equal("new", TestClients.ReadAll(_broker, "t", 1)[0].Message.Value);
    }

    [Theory]
    [InlineData("bad name", 1, ErrorCode.TopicException)]
    [InlineData("t", 0, ErrorCode.InvalidPartitions)]
    [InlineData("exists", 1, ErrorCode.TopicAlreadyExists)]
    public async Task A_topic_that_cannot_be_is_refused_with_the_reason(string name, int partitions, ErrorCode expected)
    {
        await TestClients.CreateTopicAsync(_broker, "exists");

        var refused = await Assert.ThrowsAsync<CreateTopicsException>(() => TestClients.CreateTopicAsync(_broker, name, partitions));

        Assert.Equal(expected, refused.Results.Single().Error.Code);
    }

    [Fact]
    public async Task Settings_are_checked_kept_and_described()
    {
        await TestClients.CreateTopicAsync(_broker, "t", settings: new() { ["retention.ms"] = "1000000" });
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = "t" };
        await _admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] = [new() { Name = "max.message.bytes", Value = "2000", IncrementalOperation = AlterConfigOpType.Set }],
        });
        await _broker.RestartAsync();

        var entries = (await _admin.DescribeConfigsAsync([resource])).Single().Entries;

        Assert.Equal("1000000", entries["retention.ms"].Value);
        Assert.Equal("2000", entries["max.message.bytes"].Value);
        Assert.True(entries["segment.bytes"].IsDefault);
        await Assert.ThrowsAsync<IncrementalAlterConfigsException>(() => _admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] = [new() { Name = "retention.ms", Value = "soon", IncrementalOperation = AlterConfigOpType.Set }],
        }));
        using var producer = TestClients.Producer(_broker);
        var refused = await Assert.ThrowsAsync<ProduceException<string, string>>(
            () => producer.ProduceAsync("t", new Message<string, string> { Value = Noise(5000) }));
        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
    }

    [Fact]
    public async Task Partitions_can_be_added_and_records_deleted()
    {
        await TestClients.CreateTopicAsync(_broker, "t");
        await TestClients.ProduceAsync(_broker, "t", ["1", "2", "3"]);

        await _admin.CreatePartitionsAsync([new() { Topic = "t", IncreaseTo = 3 }]);
        await _admin.DeleteRecordsAsync([new TopicPartitionOffset("t", 0, 2)]);
        await _broker.RestartAsync();

        Assert.Equal(3, _admin.GetMetadata("t", TimeSpan.FromSeconds(60)).Topics.Single().Partitions.Count);
        var left = TestClients.ReadAll(_broker, "t", 1).Single();
        Assert.Equal((2L, "3"), (left.Offset.Value, left.Message.Value));
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task A_record_is_found_by_its_time_to_the_record(CompressionType compression)
    {
        await TestClients.CreateTopicAsync(_broker, "t", settings: new() { ["retention.ms"] = "-1" });
        using var producer = TestClients.Producer(_broker, c => (c.CompressionType, c.LingerMs) = (compression, 50));
        for (int i = 0; i < 500; i++)
            producer.Produce("t", new Message<string, string> { Value = $"record {i}", Timestamp = new Timestamp(1_700_000_000_000 + (i * 10), TimestampType.CreateTime) });
        producer.Flush(TimeSpan.FromSeconds(60));
        using var consumer = TestClients.Consumer(_broker, "g");
        long OffsetAt(long ms) => consumer.OffsetsForTimes(
            [new TopicPartitionTimestamp("t", 0, new Timestamp(ms, TimestampType.CreateTime))], TimeSpan.FromSeconds(60)).Single().Offset.Value;

        Assert.Equal(0, OffsetAt(0));
        Assert.Equal(123, OffsetAt(1_700_000_001_230));
        Assert.Equal(124, OffsetAt(1_700_000_001_231));
        Assert.Equal(Offset.End.Value, OffsetAt(1_700_000_005_000));
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task A_compacted_topic_keeps_each_keys_last_record_and_drops_tombstones(CompressionType compression)
    {
        await TestClients.CreateTopicAsync(_broker, "t", settings: new()
        {
            ["cleanup.policy"] = "compact",
            ["segment.bytes"] = "1000",
            ["min.cleanable.dirty.ratio"] = "0",
            ["delete.retention.ms"] = "0",
        });
        using var producer = TestClients.Producer(_broker, c => (c.CompressionType, c.LingerMs) = (compression, 20));
        for (int round = 0; round < 20; round++)
        {
            for (int key = 0; key < 10; key++)
                producer.Produce("t", new Message<string, string> { Key = $"{key}", Value = key == 3 && round > 5 ? null! : $"{round} {Noise(40)}".PadRight(200) });
            producer.Flush(TimeSpan.FromSeconds(60));
        }

        // The segment that is written to is never compacted, so the newest records stay as they are. The others may need another
        // pass, where one was made between two of the last appends: they are done when nothing changes any more.
        var (records, before) = (new List<ConsumeResult<string, string>>(), -1);
        while (records.Count != before)
        {
            before = records.Count;
            records = await AwaitRecordsAsync(found => found.Count < 40 && found.Count(r => r.Message.Key == "4") < 4);
        }

        Assert.Equal(199, records[^1].Offset.Value);
        foreach (var key in records.GroupBy(r => r.Message.Key).Where(g => g.Key != "3"))
            Assert.StartsWith("19 ", key.Last().Message.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(records, r => r.Message.Key == "3" && r.Message.Value is not null);
        await _broker.StopAsync();
        // What was compressed is so again: a log does not grow by being compacted.
        Assert.DoesNotContain(Compressions(), c => (c == EmbeddedKafka.Log.CompressionType.None) != (compression == CompressionType.None));
        await _broker.StartAgainAsync();
        Assert.Equal(records.Select(r => r.Offset), (await AwaitRecordsAsync(_ => true)).Select(r => r.Offset));
    }

    private List<EmbeddedKafka.Log.CompressionType> Compressions()
    {
        var found = new List<EmbeddedKafka.Log.CompressionType>();
        foreach (string file in Directory.GetFiles(Path.Combine(_broker.Folder, "topics", "t", "0"), "*.log"))
        {
            for (var rest = File.ReadAllBytes(file).AsMemory(); rest.Length > 0; rest = rest[new EmbeddedKafka.Log.BatchHeader(rest.Span).TotalSize..])
                found.Add(new EmbeddedKafka.Log.BatchHeader(rest.Span).Compression);
        }
        return found;
    }

    [Fact]
    public async Task A_tombstone_goes_when_its_time_has_come_though_nothing_new_is_written()
    {
        await TestClients.CreateTopicAsync(_broker, "t", settings: new()
        {
            ["cleanup.policy"] = "compact",
            ["segment.ms"] = "1",
            ["min.cleanable.dirty.ratio"] = "0",
            ["delete.retention.ms"] = "2000",
        });
        using (var producer = TestClients.Producer(_broker))
        {
            await producer.ProduceAsync("t", new Message<string, string> { Key = "a", Value = "1" });
            await producer.ProduceAsync("t", new Message<string, string> { Key = "a", Value = null! });
            await producer.ProduceAsync("t", new Message<string, string> { Key = "b", Value = "2" });
        }

        var left = await AwaitRecordsAsync(found => found.Count == 1);

        Assert.Equal(("b", 2L), (left[0].Message.Key, left[0].Offset.Value));
    }

    [Fact]
    public async Task Segments_are_ended_by_size_and_by_age()
    {
        await TestClients.CreateTopicAsync(_broker, "size", settings: new() { ["segment.bytes"] = "2000" });
        await TestClients.CreateTopicAsync(_broker, "age", settings: new() { ["segment.ms"] = "1" });
        using var producer = TestClients.Producer(_broker, c => c.CompressionType = CompressionType.None);
        for (int i = 0; i < 10; i++)
            await producer.ProduceAsync("size", new Message<string, string> { Value = Noise(500) });
        await producer.ProduceAsync("age", new Message<string, string> { Value = "old" });

        // 10 batches of 500 bytes and a little more, three to a segment.
        Assert.Equal(4, Logs("size").Length);
        await Eventually.Async(() => Logs("age").Length == 2);
        Assert.Equal("old", TestClients.ReadAll(_broker, "age", 1)[0].Message.Value);
        Assert.Equal(10, TestClients.ReadAll(_broker, "size", 10).Count);

        string[] Logs(string topic) => Directory.GetFiles(Path.Combine(_broker.Folder, "topics", topic, "0"), "*.log");
    }

    [Fact]
    public async Task A_compacted_topic_refuses_records_without_a_key()
    {
        await TestClients.CreateTopicAsync(_broker, "t", settings: new() { ["cleanup.policy"] = "compact" });
        using var producer = TestClients.Producer(_broker);

        var refused = await Assert.ThrowsAsync<ProduceException<string, string>>(
            () => producer.ProduceAsync("t", new Message<string, string> { Value = "no key" }));

        Assert.Equal(ErrorCode.InvalidRecord, refused.Error.Code);
    }

    [Fact]
    public async Task Old_segments_go_by_age_and_by_size()
    {
        long old = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds();
        await TestClients.CreateTopicAsync(_broker, "age", settings: new() { ["retention.ms"] = "3600000" });
        await TestClients.CreateTopicAsync(_broker, "size", settings: new() { ["retention.bytes"] = "5000", ["segment.bytes"] = "2000" });
        using var producer = TestClients.Producer(_broker, c => (c.CompressionType, c.LingerMs) = (CompressionType.None, 0));
        for (int i = 0; i < 50; i++)
        {
            await producer.ProduceAsync("age", new Message<string, string> { Value = "x", Timestamp = new Timestamp(old, TimestampType.CreateTime) });
            await producer.ProduceAsync("size", new Message<string, string> { Value = Noise(300) });
        }
        using var consumer = TestClients.Consumer(_broker, "g");
        WatermarkOffsets Offsets(string topic) => consumer.QueryWatermarkOffsets(new TopicPartition(topic, 0), TimeSpan.FromSeconds(60));

        await Eventually.Async(() => Offsets("age").Low == 50 && Offsets("size").Low.Value is > 25 and < 50);

        Assert.Equal(50, Offsets("age").High.Value);
        Assert.Equal(50, Offsets("size").High.Value);
    }

    private async Task<List<ConsumeResult<string, string>>> AwaitRecordsAsync(Func<List<ConsumeResult<string, string>>, bool> condition)
    {
        List<ConsumeResult<string, string>> records = [];
        await Eventually.Async(() => condition(records = ReadToEnd()));
        return records;
    }

    private List<ConsumeResult<string, string>> ReadToEnd()
    {
        using var consumer = TestClients.Consumer(_broker, "reader", c => c.EnablePartitionEof = true);
        consumer.Assign(new TopicPartitionOffset("t", 0, Offset.Beginning));
        var records = new List<ConsumeResult<string, string>>();
        while (consumer.Consume(TimeSpan.FromSeconds(60)) is { IsPartitionEOF: false } record)
            records.Add(record);
        return records;
    }

    private static string Noise(int length) =>
        string.Create(length, 0, (chars, _) => Random.Shared.GetItems("abcdefghijklmnopqrstuvwxyz".AsSpan(), chars));

    private async Task<string> TopicIdAsync()
    {
        var described = await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["t"]));
        return described.TopicDescriptions.Single().TopicId.ToString();
    }
}
