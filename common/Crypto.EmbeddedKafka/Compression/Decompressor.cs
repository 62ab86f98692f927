using System.IO.Compression;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Compression;

/// <summary>Compressed bytes that are not what they say, or become more than is sensible.</summary>
internal sealed class DecompressionException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Unpacks the records of a batch. Produce and fetch do without; it takes compaction, a look-up by time and the check of
/// keys to need a record itself.
/// </summary>
internal static class Decompressor
{
    /// <summary>A batch that becomes larger than this is refused: it would be an attack, not data.</summary>
    internal const int MaxOutput = 256 << 20;

    /// <summary>Whether this machine can unpack it; for zstd the system's library is needed.</summary>
    internal static bool CanUnpack(CompressionType type) => type != CompressionType.Zstd || ZstdLibrary.IsAvailable;

    /// <returns>The records, uncompressed.</returns>
    /// <exception cref="DecompressionException">The bytes are damaged.</exception>
    internal static ReadOnlyMemory<byte> Records(Memory<byte> batch)
    {
        var header = new BatchHeader(batch.Span);
        var packed = batch[BatchHeader.Size..header.TotalSize];
        return header.Compression switch
        {
            CompressionType.None => packed,
            CompressionType.Gzip => Gzip(packed),
            CompressionType.Snappy => SnappyDecoder.Decode(packed.Span),
            CompressionType.Lz4 => Lz4FrameDecoder.Decode(packed.Span),
            CompressionType.Zstd => ZstdLibrary.Decode(packed.Span),
            _ => throw new DecompressionException($"compression {header.Compression}"),
        };
    }

    private static byte[] Gzip(ReadOnlyMemory<byte> packed)
    {
        try
        {
            using var source = new MemoryStream(packed.ToArray());
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            var output = new OutputBuffer(packed.Length * 4);
            while (true)
            {
                int read = gzip.Read(output.Free(16 << 10));
                if (read == 0)
                    return output.ToArray();
                output.Advance(read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new DecompressionException("damaged gzip data", e);
        }
    }
}
