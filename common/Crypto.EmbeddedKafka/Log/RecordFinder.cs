using Crypto.EmbeddedKafka.Compression;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>Finds a record inside a batch by its time.</summary>
internal static class RecordFinder
{
    /// <returns>The first record at or after the time; the batch's first where it cannot be unpacked.</returns>
    internal static (long Offset, long Timestamp)? FirstAt(Memory<byte> batch, long timestampMs, long startOffset)
    {
        var header = new BatchHeader(batch.Span);
        long first = Math.Max(startOffset, header.BaseOffset);
        if (header.IsLogAppendTime)
            return (first, header.MaxTimestamp);
        try
        {
            if (!Decompressor.CanUnpack(header.Compression))
                return (first, header.BaseTimestamp);
            var walker = new RecordWalker(Decompressor.Records(batch).Span);
            while (walker.TryNext())
            {
                long timestamp = header.BaseTimestamp + walker.TimestampDelta;
                long offset = header.BaseOffset + walker.OffsetDelta;
                if (timestamp >= timestampMs && offset >= startOffset)
                    return (offset, timestamp);
            }
            return null;
        }
        catch (DecompressionException)
        {
            return (first, header.BaseTimestamp); // the producer's damage: its reader will see it, the look-up need not fail
        }
    }
}
