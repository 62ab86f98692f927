using System.Buffers.Binary;
using System.IO.Compression;
using Confluent.Kafka;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Tests.Clients;
using Crypto.EmbeddedKafka.Tests.Durability;
using Crypto.EmbeddedKafka.Tests.Log;
using Crypto.EmbeddedKafka.Tests.Protocol;
using Crypto.Testing;
using BrokerError = Crypto.EmbeddedKafka.Protocol.ErrorCode;

namespace Crypto.EmbeddedKafka.Tests.Wire;

/// <summary>Batches that are small on the wire and large once they are unpacked, as a look-up by time and compacted topics must.</summary>
public sealed class InflatingBatchTests : IDisposable
{
    private const int Inflated = 256 << 20;
    private const int Clients = 16;
    private const int Rounds = 4;

    /// <summary>For all requests and all unpacking together. Each client alone would fill more.</summary>
    private const int Budget = 64 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Many_at_once_take_no_more_memory_than_there_is_for_them()
    {
        await using var broker = await BrokerProcess.StartAsync(_folder.Path, 0, $"MaxRequestMemoryBytes={Budget}");
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await admin.CreateTopicsAsync(
        [
            new() { Name = "p", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["retention.ms"] = "-1" } },
            new() { Name = "c", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["cleanup.policy"] = "compact" } },
        ]);
        var batch = Batch();
        Assert.True(batch.Length < 1 << 20);
        using var first = await RawClient.ConnectAsync(broker.Port);
        Assert.Equal(0, ProduceError(await AskAsync(first, Produce("p", batch)))); // kept as it came, unseen
        long before = broker.ResidentBytes, most = before;

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            using var client = await RawClient.ConnectAsync(broker.Port);
            for (int i = 0; i < Rounds; i++)
            {
                // Its records cannot be looked at, so the batch as a whole is what is found.
                Assert.Equal((0, 0L), FoundOffset(await AskAsync(client, OffsetAt("p", 1))));
                Assert.Equal((int)BrokerError.MessageTooLarge, ProduceError(await AskAsync(client, Produce("c", batch))));
                InterlockedMax(ref most, broker.ResidentBytes);
            }
        })));

        Assert.True(most - before < 6L * Budget, $"{before >> 20} MB before, {most >> 20} MB at most");
        Assert.True(broker.IsRunning);
    }

    [Fact]
    public async Task A_batch_that_needs_more_than_the_usual_memory_is_unpacked_alone()
    {
        await using var broker = await TestBroker.StartAsync(o => o.MaxRequestMemoryBytes = Budget);
        await TestClients.CreateTopicAsync(broker, "t", settings: new() { ["cleanup.policy"] = "compact", ["max.message.bytes"] = "10000000" });
        using var producer = TestClients.Producer(broker, c =>
            (c.BatchSize, c.MessageMaxBytes, c.LingerMs, c.CompressionType) = (10_000_000, 10_000_000, 60_000, Confluent.Kafka.CompressionType.Zstd));
        for (int i = 0; i < 60; i++)
        {
            var at = new Timestamp(1_700_000_000_000 + i, TimestampType.CreateTime);
            producer.Produce("t", new Message<string, string> { Key = $"{i}", Value = new string('x', 100_000), Timestamp = at });
        }
        producer.Flush(TimeSpan.FromSeconds(60));
        using var consumer = TestClients.Consumer(broker, "g");

        var found = consumer.OffsetsForTimes(
            [new TopicPartitionTimestamp("t", 0, new Timestamp(1_700_000_000_057, TimestampType.CreateTime))], TimeSpan.FromSeconds(60));

        Assert.Equal(57, found.Single().Offset.Value);
        Assert.Equal(60, TestClients.ReadAll(broker, "t", 60).Count);
    }

    private static byte[] Batch()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (int written = 0; written < Inflated; written += zeros.Length)
                gzip.Write(zeros);
        }
        var batch = TestBatch.Build(["x"])[..BatchHeader.Size].Concat(packed.ToArray()).ToArray();
        new BatchHeader(batch).SetContent(batch.Length, 1, Crypto.EmbeddedKafka.Log.CompressionType.Gzip);
        return batch;
    }

    /// <summary>Produce v3 to partition 0, acks of all.</summary>
    private static byte[] Produce(string topic, byte[] batch) =>
    [
        .. VectorFile.Encode($"0000 0003 00000001 0003 'raw' ffff ffff 00007530 00000001 0001 '{topic}' 00000001 00000000 {batch.Length:x8}"),
        .. batch,
    ];

    /// <summary>ListOffsets v1 of partition 0.</summary>
    private static byte[] OffsetAt(string topic, long timestampMs) =>
        VectorFile.Encode($"0002 0001 00000001 0003 'raw' ffffffff 00000001 0001 '{topic}' 00000001 00000000 {timestampMs:x16}");

    private static async Task<byte[]> AskAsync(RawClient client, byte[] request)
    {
        await client.SendAsync(request);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        return await client.ReceiveAsync(patience.Token) ?? throw new InvalidOperationException("the connection was closed");
    }

    private static int ProduceError(byte[] answer) => Partition(answer).Error;

    private static (int Error, long Offset) FoundOffset(byte[] answer)
    {
        var (error, position) = Partition(answer);
        return (error, BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(position + sizeof(long))));
    }

    /// <summary>Steps over correlation id, the topic's name and the partition's number.</summary>
    private static (short Error, int Position) Partition(byte[] answer)
    {
        var reader = new KafkaReader(answer, flexible: false);
        reader.Int32();
        reader.Int32();
        reader.String();
        reader.Int64();
        return (reader.Int16(), answer.Length - reader.Remaining);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (long seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
