using Crypto.EmbeddedKafka.Compression;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>Finds a record inside a batch by its time.</summary>
internal static class RecordFinder
{
    /// <returns>The first record at or after the time; the batch's first where it cannot be unpacked.</returns>
    /// <exception cref="UnpackedTooLargeException">It is to be tried again with the last limit.</exception>
    internal static (long Offset, long Timestamp)? FirstAt(Memory<byte> batch, long timestampMs, long startOffset, UnpackLimit limit)
    {
        var header = new BatchHeader(batch.Span);
        if (header.IsLogAppendTime)
            return (Math.Max(startOffset, header.BaseOffset), header.MaxTimestamp);
        // Damage is its producer's: the reader will see it, the look-up need not fail.
        if (!Decompressor.TryRecords(batch, limit, out var records))
            return FirstOf(header, startOffset);
        var walker = new RecordWalker(records.Span);
        while (walker.TryNext())
        {
            long timestamp = header.BaseTimestamp + walker.TimestampDelta;
            long offset = header.BaseOffset + walker.OffsetDelta;
            if (timestamp >= timestampMs && offset >= startOffset)
                return (offset, timestamp);
        }
        return null;
    }

    /// <summary>The nearest that can be said of a batch without a look at its records.</summary>
    internal static (long Offset, long Timestamp) FirstOf(BatchHeader header, long startOffset) =>
        (Math.Max(startOffset, header.BaseOffset), header.BaseTimestamp);
}
