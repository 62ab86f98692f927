using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Log;

internal sealed partial class PartitionLog
{
    /// <summary>Records from an offset on, as whole batches except perhaps the last one.</summary>
    /// <param name="offset">May lie inside a batch: the client skips what it did not ask for.</param>
    /// <param name="endOffset">Where readers must stop.</param>
    /// <param name="maxBytes">A limit for the bytes.</param>
    /// <param name="wholeBatch">Whether at least one batch is given, however large.</param>
    internal (ErrorCode Error, LogSlice Records) Read(long offset, long endOffset, int maxBytes, bool wholeBatch)
    {
        if (offset < StartOffset || offset > NextOffset)
            return (ErrorCode.OffsetOutOfRange, default);
        if (offset >= endOffset)
            return (ErrorCode.None, default);
        var segments = _segments;
        for (int i = IndexOf(segments.AsSpan(), offset); i < segments.Length; i++)
        {
            var segment = segments[i];
            long endPosition = endOffset < NextOffset && endOffset < segment.NextOffset ? segment.PositionOf(endOffset) : segment.Size;
            var slice = segment.Slice(offset, endPosition, maxBytes, wholeBatch);
            if (slice.Length > 0)
                return (ErrorCode.None, slice);
        }
        return (ErrorCode.None, default);
    }

    /// <summary>How many bytes lie between an offset and the end: a cheap look for a fetch that waits.</summary>
    internal bool HasRecordsAt(long offset) => offset < NextOffset;

    /// <summary>The first record at or after a time.</summary>
    /// <param name="timestampMs">The time in ms since 1970.</param>
    /// <param name="limit">How much memory a batch may take.</param>
    /// <exception cref="UnpackedTooLargeException">It is to be tried again with the last limit.</exception>
    internal (long Offset, long Timestamp)? FindTimestamp(long timestampMs, UnpackLimit limit)
    {
        foreach (var segment in _segments)
        {
            if (segment.MaxTimestamp < timestampMs)
                continue;
            long from = StartOffset;
            while (segment.BatchAt(timestampMs, from) is { } slice)
            {
                if (slice.Length > limit.Bytes && !limit.IsLast)
                    throw new UnpackedTooLargeException(limit.Bytes);
                bool isTooLarge = slice.Length > limit.Bytes;
                var batch = new byte[isTooLarge ? BatchHeader.Size : slice.Length];
                (slice with { Length = batch.Length }).Read(batch);
                if (isTooLarge)
                    return RecordFinder.FirstOf(new BatchHeader(batch), StartOffset);
                if (RecordFinder.FirstAt(batch, timestampMs, StartOffset, limit) is { } found)
                    return found;
                // The record that the batch's time came from was compacted away, or lies before the log's start.
                from = new BatchHeader(batch).LastOffset + 1;
            }
        }
        return null;
    }

    /// <summary>The record with the largest timestamp, the first of them where several share it.</summary>
    internal (long Offset, long Timestamp)? FindMaxTimestamp(UnpackLimit limit)
    {
        long max = -1;
        foreach (var segment in _segments)
            max = Math.Max(max, segment.MaxTimestamp);
        return max < 0 ? null : FindTimestamp(max, limit);
    }

    private static int IndexOf(ReadOnlySpan<Segment> segments, long offset)
    {
        int low = 0, high = segments.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (segments[middle].BaseOffset <= offset)
                low = middle + 1;
            else
                high = middle;
        }
        return Math.Max(0, low - 1);
    }
}
