using System.Security.Cryptography;
using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Tests.Log;

namespace Crypto.EmbeddedKafka.Tests.Compression;

public sealed class CompressorTests
{
    [Theory]
    [InlineData(CompressionType.None, CompressionType.None)]
    [InlineData(CompressionType.Gzip, CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy, CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4, CompressionType.Gzip)]
    [InlineData(CompressionType.Zstd, CompressionType.Zstd)]
    internal void What_was_packed_is_packed_again_and_can_be_unpacked(CompressionType was, CompressionType expected)
    {
        var batch = TestBatch.Build([.. Enumerable.Range(0, 100).Select(i => $"the same and the same {i % 5}")]);
        var records = batch[BatchHeader.Size..];
        var target = new byte[records.Length];

        var (type, size) = Compressor.Pack(was, records, target);

        Assert.Equal(expected, type);
        if (expected == CompressionType.None)
            return;
        Assert.True(size < records.Length / 2);
        var packed = batch[..BatchHeader.Size].Concat(target[..size]).ToArray();
        new BatchHeader(packed).SetContent(packed.Length, 100, type);
        Assert.Equal(records, Decompressor.Records(packed, 1 << 20).ToArray());
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Zstd)]
    internal void What_would_become_larger_stays_as_it_is(CompressionType was)
    {
        var noise = RandomNumberGenerator.GetBytes(1000);

        Assert.Equal((CompressionType.None, 1000), Compressor.Pack(was, noise, new byte[1000]));
    }
}
