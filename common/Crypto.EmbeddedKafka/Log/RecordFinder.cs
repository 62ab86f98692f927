namespace Crypto.EmbeddedKafka.Log;

/// <summary>Finds a record inside a batch by its time.</summary>
internal static class RecordFinder
{
    internal static (long Offset, long Timestamp)? FirstAt(Span<byte> batch, long timestampMs, long startOffset)
    {
        var header = new BatchHeader(batch);
        if (header.IsLogAppendTime)
            return (Math.Max(startOffset, header.BaseOffset), header.MaxTimestamp);
        if (header.Compression != Compression.None)
            return (Math.Max(startOffset, header.BaseOffset), header.BaseTimestamp);
        var walker = new RecordWalker(header.Records);
        while (walker.TryNext())
        {
            long timestamp = header.BaseTimestamp + walker.TimestampDelta;
            long offset = header.BaseOffset + walker.OffsetDelta;
            if (timestamp >= timestampMs && offset >= startOffset)
                return (offset, timestamp);
        }
        return null;
    }
}
