using System.Buffers;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>Sees every batch of a segment, in order.</summary>
internal delegate void BatchVisitor(BatchHeader header);

internal sealed partial class Segment
{
    private const int ScanBuffer = 1 << 20;

    /// <summary>
    /// Reads the segment from a position that is known to be good, checks every batch, notes it in the index and shows it to
    /// the visitor. Ends at the first batch that is not whole or not right.
    /// </summary>
    /// <returns>How many bytes are left over behind the last good batch.</returns>
    internal long Scan(ScanStart start, BatchVisitor visitor)
    {
        long length = RandomAccess.GetLength(Handle);
        IsSealed = false;
        _index.LoadAndCut(start.Position);
        _indexLoaded = true;
        (_size, NextOffset, MaxTimestamp) = (start.Position, Math.Max(BaseOffset, start.NextOffset), start.MaxTimestamp);
        _flushed = start.Position;
        var buffer = ArrayPool<byte>.Shared.Rent(ScanBuffer);
        try
        {
            while (ScanWindow(ref buffer, length, visitor))
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return length - _size;
    }

    /// <summary>Shows every batch's header without a check, for a sealed segment.</summary>
    internal void VisitHeaders(BatchVisitor visitor) => Walk(0, Size, header =>
    {
        visitor(header);
        return false;
    });

    /// <summary>Cuts what <see cref="Scan"/> left over.</summary>
    internal void CutTail()
    {
        using var file = new FileStream(LogPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(_size);
        file.Flush(flushToDisk: true);
    }

    private bool ScanWindow(ref byte[] buffer, long length, BatchVisitor visitor)
    {
        int read = ReadFully(buffer, _size);
        int at = 0;
        while (at + BatchHeader.Size <= read)
        {
            var header = new BatchHeader(buffer.AsSpan(at, read - at));
            if (header.Length < BatchHeader.Size - BatchHeader.LengthOverhead || header.TotalSize > length - _size)
                return false;
            if (header.TotalSize > read - at)
                break;
            if (header.Magic != 2 || header.BaseOffset < NextOffset || header.Checksum != header.ComputeChecksum())
                return false;
            Note(header, _size);
            visitor(header);
            _size += header.TotalSize;
            at += header.TotalSize;
        }
        if (at > 0)
            return true;
        return read >= BatchHeader.Size && GrowFor(ref buffer);
    }

    /// <summary>A batch is larger than the buffer, and the file is long enough to hold it.</summary>
    private static bool GrowFor(ref byte[] buffer)
    {
        int size = new BatchHeader(buffer).TotalSize;
        if (size <= buffer.Length)
            return false;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = ArrayPool<byte>.Shared.Rent(size);
        return true;
    }

    private int ReadFully(Span<byte> target, long position)
    {
        int done = 0;
        while (done < target.Length)
        {
            int read = RandomAccess.Read(Handle, target[done..], position + done);
            if (read == 0)
                break;
            done += read;
        }
        return done;
    }
}

/// <summary>What is known about a segment in front of a position, so that a scan can begin there.</summary>
internal readonly record struct ScanStart(long Position, long NextOffset, long MaxTimestamp)
{
    internal static readonly ScanStart Beginning = new(0, 0, -1);
}
