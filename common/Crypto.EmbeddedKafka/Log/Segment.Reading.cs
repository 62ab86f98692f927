namespace Crypto.EmbeddedKafka.Log;

internal sealed partial class Segment
{
    // A sparse index leaves at most a few kilobytes of small batches to step over.
    private const int HeaderWindow = 4096;

    /// <summary>Bytes from the batch that holds the offset on; empty where the segment ends before it.</summary>
    /// <param name="offset">The first offset wanted.</param>
    /// <param name="endPosition">How far the caller may read, at most <see cref="Size"/>.</param>
    /// <param name="maxBytes">A limit that may cut the last batch.</param>
    /// <param name="wholeBatch">Whether the first batch is given whole even where it is larger than that.</param>
    internal LogSlice Slice(long offset, long endPosition, int maxBytes, bool wholeBatch)
    {
        if (FindBatch(offset, endPosition) is not { } found)
            return default;
        long available = endPosition - found.Position;
        long length = Math.Min(available, wholeBatch ? Math.Max(maxBytes, found.Size) : maxBytes);
        return new LogSlice(Handle, found.Position, (int)length);
    }

    /// <summary>The position of the first batch whose last offset is not below the given one, or the end.</summary>
    internal long PositionOf(long offset) => FindBatch(offset, Size)?.Position ?? Size;

    /// <summary>The first batch with a record at or after the timestamp that does not end before the offset.</summary>
    internal LogSlice? BatchAt(long timestampMs, long fromOffset)
    {
        LoadIndex();
        return Walk(_index.PositionBefore(timestampMs), Size, header => header.MaxTimestamp >= timestampMs && header.LastOffset >= fromOffset) is { } found
            ? new LogSlice(Handle, found.Position, found.Size)
            : null;
    }

    private (long Position, int Size)? FindBatch(long offset, long endPosition)
    {
        LoadIndex();
        int start = _index.PositionBefore((int)Math.Clamp(offset - BaseOffset, 0, int.MaxValue));
        return Walk(start, endPosition, header => header.LastOffset >= offset);
    }

    private (long Position, int Size)? Walk(long position, long endPosition, BatchPredicate wanted)
    {
        Span<byte> window = stackalloc byte[HeaderWindow];
        while (position < endPosition)
        {
            int read = RandomAccess.Read(Handle, window[..(int)Math.Min(HeaderWindow, endPosition - position)], position);
            int at = 0;
            while (at + BatchHeader.Size <= read)
            {
                var header = new BatchHeader(window[at..]);
                if (wanted(header))
                    return (position + at, header.TotalSize);
                // A batch was checked before it was written; should the disk have lost it, this must not run for ever.
                if (header.Length <= 0)
                    throw new IOException($"{LogPath} is damaged at position {position + at}");
                at = (int)Math.Min(int.MaxValue - BatchHeader.Size, (long)at + header.TotalSize);
            }
            if (at == 0)
                return null;
            position += at;
        }
        return null;
    }

    private void LoadIndex()
    {
        if (Volatile.Read(ref _indexLoaded))
            return;
        lock (_opening)
        {
            if (!_indexLoaded)
                _index.Load(Size);
            Volatile.Write(ref _indexLoaded, true);
        }
    }

    private delegate bool BatchPredicate(BatchHeader header);
}
