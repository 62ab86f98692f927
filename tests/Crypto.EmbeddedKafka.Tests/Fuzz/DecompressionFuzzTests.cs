using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Tests.Clients;
using Crypto.Testing;
using ClientCompression = Confluent.Kafka.CompressionType;

namespace Crypto.EmbeddedKafka.Tests.Fuzz;

/// <summary>Batches that librdkafka has compressed, damaged behind the checksum's back.</summary>
public sealed class DecompressionFuzzTests
{
    private const int MaxBytes = 16 << 20;

    [Theory]
    [InlineData(ClientCompression.Gzip)]
    [InlineData(ClientCompression.Snappy)]
    [InlineData(ClientCompression.Lz4)]
    [InlineData(ClientCompression.Zstd)]
    public async Task Damaged_records_are_unpacked_or_refused_and_nothing_else(ClientCompression compression)
    {
        var batch = await BatchAsync(compression);
        var random = new Random(20240812);
        int refused = 0;
        for (int i = 0; i < TestScale.Count(200_000); i++)
        {
            var damaged = batch.ToArray();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                damaged[random.Next(BatchHeader.Size, damaged.Length)] = (byte)random.Next(256);
            try
            {
                var walker = new RecordWalker(Decompressor.Records(damaged, MaxBytes).Span);
                while (walker.TryNext())
                {
                }
            }
            catch (DecompressionException)
            {
                refused++;
            }
        }
        Assert.True(refused > 0);
    }

    [Theory]
    [InlineData(ClientCompression.Gzip)]
    [InlineData(ClientCompression.Snappy)]
    [InlineData(ClientCompression.Lz4)]
    [InlineData(ClientCompression.Zstd)]
    public async Task No_more_comes_out_than_is_allowed(ClientCompression compression)
    {
        var batch = await BatchAsync(compression);
        int size = Decompressor.Records(batch, MaxBytes).Length;

        Assert.Equal(size, Decompressor.Records(batch, size + 1).Length);
        Assert.Throws<UnpackedTooLargeException>(() => Decompressor.Records(batch, size - 1));
        Assert.Throws<UnpackedTooLargeException>(() => Decompressor.TryRecords(batch, new UnpackLimit(1024, IsLast: false), out _));
        Assert.False(Decompressor.TryRecords(batch, new UnpackLimit(1024, IsLast: true), out _));
    }

    /// <summary>One batch from the broker's own log.</summary>
    private static async Task<byte[]> BatchAsync(ClientCompression compression)
    {
        await using var broker = await TestBroker.StartAsync();
        await TestClients.CreateTopicAsync(broker, "t");
        var values = Enumerable.Range(0, 200).Select(i => $"value {i % 7} {i}");
        await TestClients.ProduceAsync(broker, "t", values, c => (c.CompressionType, c.LingerMs) = (compression, 200));
        await broker.StopAsync();
        var log = await File.ReadAllBytesAsync(Path.Combine(broker.Folder, "topics", "t", "0", "00000000000000000000.log"));
        var batch = log[..new BatchHeader(log).TotalSize];
        Assert.Equal((int)compression, (int)new BatchHeader(batch).Compression);
        Assert.False(Decompressor.Records(batch, MaxBytes).IsEmpty);
        return batch;
    }
}
