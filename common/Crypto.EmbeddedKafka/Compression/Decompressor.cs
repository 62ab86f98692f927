using System.IO.Compression;
using System.Runtime.InteropServices;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Compression;

/// <summary>Compressed bytes that are not what they say.</summary>
internal class DecompressionException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>More comes out than the limit allows.</summary>
internal sealed class UnpackedTooLargeException(int limit) : DecompressionException($"more than {limit} bytes come out");

/// <summary>
/// Unpacks the records of a batch. Produce and fetch do without; it takes compaction, a look-up by time and the check of
/// keys to need a record itself.
/// </summary>
internal static class Decompressor
{
    /// <summary>Whether this machine can unpack it; for zstd the system's library is needed.</summary>
    internal static bool CanUnpack(CompressionType type) => type != CompressionType.Zstd || ZstdLibrary.IsAvailable;

    /// <summary>The records, uncompressed, where they can be had.</summary>
    /// <returns>False for damaged bytes, a missing library, and more than even the last limit allows.</returns>
    /// <exception cref="UnpackedTooLargeException">It is to be tried again with the last limit.</exception>
    internal static bool TryRecords(Memory<byte> batch, UnpackLimit limit, out ReadOnlyMemory<byte> records)
    {
        records = default;
        if (!CanUnpack(new BatchHeader(batch.Span).Compression))
            return false;
        try
        {
            records = Records(batch, limit.Bytes);
            return true;
        }
        catch (DecompressionException e) when (limit.IsLast || e is not UnpackedTooLargeException)
        {
            return false;
        }
    }

    /// <returns>The records, uncompressed; those of an uncompressed batch as they are, whatever their size.</returns>
    /// <exception cref="DecompressionException">The bytes are damaged, or become more than <paramref name="maxBytes"/>.</exception>
    internal static ReadOnlyMemory<byte> Records(Memory<byte> batch, int maxBytes)
    {
        var header = new BatchHeader(batch.Span);
        var packed = batch[BatchHeader.Size..header.TotalSize];
        return header.Compression switch
        {
            CompressionType.None => packed,
            CompressionType.Gzip => Gzip(packed, maxBytes),
            CompressionType.Snappy => SnappyDecoder.Decode(packed.Span, maxBytes),
            CompressionType.Lz4 => Lz4FrameDecoder.Decode(packed.Span, maxBytes),
            CompressionType.Zstd => ZstdLibrary.Decode(packed.Span, maxBytes),
            _ => throw new DecompressionException($"compression {header.Compression}"),
        };
    }

    private static ReadOnlyMemory<byte> Gzip(Memory<byte> packed, int maxBytes)
    {
        try
        {
            using var source = Reading(packed);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            var output = new OutputBuffer(packed.Length, maxBytes);
            while (true)
            {
                int read = gzip.Read(output.Free(1));
                if (read == 0)
                    return output.Written;
                output.Advance(read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new DecompressionException("damaged gzip data", e);
        }
    }

    private static MemoryStream Reading(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(bytes.ToArray());
}
