using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>
/// One file of a partition's log, batches back to back as they came, and its index. Only the partition's writer appends; any
/// thread reads what lies below <see cref="Size"/>.
/// </summary>
internal sealed partial class Segment
{
    internal const string LogExtension = ".log";
    internal const string IndexExtension = ".index";

    private readonly Lock _opening = new();
    private readonly Lock _flushing = new();
    private readonly SegmentIndex _index;
    private SafeFileHandle? _file;
    private bool _indexLoaded;
    private long _size;
    private long _flushed;

    private Segment(string folder, long baseOffset)
    {
        BaseOffset = baseOffset;
        NextOffset = baseOffset;
        string name = baseOffset.ToString("D20", CultureInfo.InvariantCulture);
        LogPath = Path.Combine(folder, name + LogExtension);
        IndexPath = Path.Combine(folder, name + IndexExtension);
        _index = new SegmentIndex(IndexPath);
    }

    internal string LogPath { get; }

    internal string IndexPath { get; }

    internal long BaseOffset { get; }

    /// <summary>One past the segment's last record.</summary>
    internal long NextOffset { get; private set; }

    /// <summary>Bytes of whole batches; a write that is under way lies beyond.</summary>
    internal long Size => Volatile.Read(ref _size);

    /// <summary>The largest record timestamp in ms, -1 while there is none.</summary>
    internal long MaxTimestamp { get; private set; } = -1;

    /// <summary>Wall time of the first append in ms; of the last one where the segment was found on disk.</summary>
    internal long FirstWrittenMs { get; private set; } = long.MaxValue;

    /// <summary>No more is appended, and the index says so.</summary>
    internal bool IsSealed { get; private set; }

    internal static Segment Create(string folder, long baseOffset)
    {
        var segment = new Segment(folder, baseOffset) { _indexLoaded = true };
        File.Delete(segment.IndexPath);
        segment._file = segment.OpenFile();
        return segment;
    }

    /// <summary>A segment as it lies on disk. One that is sealed needs no look into it, any other is to be scanned.</summary>
    internal static Segment Open(string folder, long baseOffset)
    {
        var segment = new Segment(folder, baseOffset);
        var file = new FileInfo(segment.LogPath);
        long length = file.Length;
        if (length > 0)
            segment.FirstWrittenMs = new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds();
        if (SegmentIndex.ReadSeal(segment.IndexPath, length) is { } end)
        {
            segment._size = length;
            segment._flushed = length;
            segment.MaxTimestamp = end.MaxTimestampBefore;
            segment.NextOffset = baseOffset + end.RelativeOffset;
            segment.IsSealed = true;
        }
        return segment;
    }

    /// <summary>Whether a batch that ends at the offset can still go here: positions and offsets are kept in 31 bits.</summary>
    internal bool HasRoomFor(int bytes, long lastOffset, int maxBytes) =>
        Size == 0 || (Size + bytes <= maxBytes && lastOffset - BaseOffset < int.MaxValue);

    /// <summary>Appends one batch that has its offset already; with <paramref name="flush"/> it is on the disk before it can be read.</summary>
    /// <exception cref="IOException">Nothing was appended; the disk may be full.</exception>
    internal void Append(Span<byte> batch, long nowMs, bool flush = false)
    {
        var header = new BatchHeader(batch);
        long position = _size;
        RandomAccess.Write(Handle, batch, position);
        if (flush)
            RandomAccess.FlushToDisk(Handle);
        Note(header, position);
        FirstWrittenMs = Math.Min(FirstWrittenMs, nowMs);
        Volatile.Write(ref _size, position + batch.Length);
    }

    /// <summary>Makes sure that everything appended so far is on the disk. Callers that wait for each other share a flush.</summary>
    internal void Flush()
    {
        long wanted = Size;
        lock (_flushing)
        {
            if (_flushed >= wanted)
                return;
            long reached = Size;
            RandomAccess.FlushToDisk(Handle);
            _flushed = reached;
        }
    }

    /// <summary>Ends the segment: its index is written whole, with a last entry that says how long the segment is.</summary>
    internal void Seal()
    {
        Flush();
        _index.Seal(new IndexEntry((int)(NextOffset - BaseOffset), (int)Size, MaxTimestamp));
        _index.Save();
        IsSealed = true;
    }

    internal void SaveIndex() => _index.Save();

    /// <summary>Deletes the files. Whoever is reading reads on; the system keeps the bytes until the handle is collected.</summary>
    internal void Delete()
    {
        File.Delete(LogPath);
        File.Delete(IndexPath);
    }

    internal void Close()
    {
        lock (_opening)
            _file?.Dispose();
    }

    private SafeFileHandle Handle
    {
        get
        {
            if (_file is { } open)
                return open;
            lock (_opening)
                return _file ??= OpenFile();
        }
    }

    private SafeFileHandle OpenFile() => File.OpenHandle(
        LogPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private void Note(BatchHeader header, long position)
    {
        _index.Note(new IndexEntry((int)(header.BaseOffset - BaseOffset), (int)position, MaxTimestamp));
        NextOffset = header.LastOffset + 1;
        MaxTimestamp = Math.Max(MaxTimestamp, header.MaxTimestamp);
    }
}
