using System.IO.Compression;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Compression;

/// <summary>Packs what compaction has left of a compressed batch: in zstd what was in zstd, in gzip the rest.</summary>
internal static class Compressor
{
    /// <param name="was">The compression that the batch had.</param>
    /// <param name="records">Uncompressed.</param>
    /// <param name="target">As large as the records at least.</param>
    /// <returns>The compression and the size; None where nothing becomes smaller.</returns>
    internal static (CompressionType Type, int Size) Pack(CompressionType was, ReadOnlySpan<byte> records, byte[] target)
    {
        var type = was is CompressionType.None or CompressionType.Zstd ? was : CompressionType.Gzip;
        int size = type switch
        {
            CompressionType.Zstd => ZstdLibrary.Encode(records, target),
            CompressionType.Gzip => Gzip(records, target),
            _ => -1,
        };
        return size < 0 ? (CompressionType.None, records.Length) : (type, size);
    }

    private static int Gzip(ReadOnlySpan<byte> records, byte[] target)
    {
        try
        {
            using var packed = new MemoryStream(target);
            using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                gzip.Write(records);
            return (int)packed.Position;
        }
        catch (NotSupportedException)
        {
            return -1; // the target was too small: it became larger
        }
    }
}
