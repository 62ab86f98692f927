using System.Buffers.Binary;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>Where a batch begins: every few kilobytes of a segment have an entry.</summary>
/// <param name="RelativeOffset">The batch's first offset minus the segment's.</param>
/// <param name="Position">The batch's place in the file.</param>
/// <param name="MaxTimestampBefore">The largest record timestamp of the segment in front of this batch, in ms.</param>
internal readonly record struct IndexEntry(int RelativeOffset, int Position, long MaxTimestampBefore);

/// <summary>
/// A segment's sparse index, by offset and by time in one. It is appended to by one writer and searched without a lock: the
/// array is published before the count. A sealed index ends with an entry that points to the end of the segment.
/// </summary>
internal sealed class SegmentIndex(string path)
{
    private const int EntrySize = 16;
    private const int Interval = 4096;

    private IndexEntry[] _entries = new IndexEntry[16];
    private volatile int _count;
    private int _saved;

    private ReadOnlySpan<IndexEntry> Entries
    {
        get
        {
            int count = _count;
            return Volatile.Read(ref _entries).AsSpan(0, count);
        }
    }

    /// <summary>Notes a batch if the last noted one is far enough away.</summary>
    internal void Note(IndexEntry entry)
    {
        if (_count == 0 || entry.Position - _entries[_count - 1].Position >= Interval)
            Add(entry);
    }

    /// <summary>Adds the last entry, once: a seal that a full disk kept from being written is tried again.</summary>
    internal void Seal(IndexEntry end)
    {
        if (_count == 0 || _entries[_count - 1].Position < end.Position)
            Add(end);
    }

    /// <summary>A batch at or before the one that holds the offset.</summary>
    internal int PositionBefore(int relativeOffset)
    {
        var entries = Entries;
        int low = 0, high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].RelativeOffset <= relativeOffset)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? 0 : entries[low - 1].Position;
    }

    /// <summary>A batch at or before the first one with a record at or after the timestamp.</summary>
    internal int PositionBefore(long timestampMs)
    {
        var entries = Entries;
        int low = 0, high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].MaxTimestampBefore < timestampMs)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? 0 : entries[low - 1].Position;
    }

    /// <summary>Writes what was added since the last time.</summary>
    internal void Save()
    {
        var added = Entries[_saved..];
        if (added.IsEmpty)
            return;
        var bytes = new byte[added.Length * EntrySize];
        for (int i = 0; i < added.Length; i++)
            Encode(added[i], bytes.AsSpan(i * EntrySize));
        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, bytes, (long)_saved * EntrySize);
        _saved += added.Length;
    }

    /// <summary>Reads the entries in front of a position and forgets the rest, which is to be noted anew.</summary>
    internal void LoadAndCut(long endPosition)
    {
        Load(endPosition);
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength((long)_saved * EntrySize);
    }

    /// <summary>Reads the entries in front of a position.</summary>
    internal void Load(long endPosition)
    {
        _count = 0;
        _saved = 0;
        if (!File.Exists(path))
            return;
        var bytes = File.ReadAllBytes(path);
        for (int at = 0; at + EntrySize <= bytes.Length; at += EntrySize)
        {
            var entry = Decode(bytes.AsSpan(at));
            if (entry.Position >= endPosition || (_count > 0 && entry.Position <= _entries[_count - 1].Position))
                break;
            Add(entry);
        }
        _saved = _count;
    }

    /// <summary>The last entry of the file, if it seals a segment of just this size.</summary>
    internal static IndexEntry? ReadSeal(string path, long segmentSize)
    {
        if (!File.Exists(path))
            return null;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = RandomAccess.GetLength(file);
        Span<byte> last = stackalloc byte[EntrySize];
        if (length < EntrySize || length % EntrySize != 0 || RandomAccess.Read(file, last, length - EntrySize) < EntrySize)
            return null;
        var entry = Decode(last);
        return entry.Position == segmentSize ? entry : null;
    }

    private void Add(IndexEntry entry)
    {
        if (_count == _entries.Length)
        {
            var larger = new IndexEntry[_count * 2];
            _entries.AsSpan(0, _count).CopyTo(larger);
            Volatile.Write(ref _entries, larger);
        }
        _entries[_count] = entry;
        _count++;
    }

    private static void Encode(IndexEntry entry, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes, entry.RelativeOffset);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], entry.Position);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], entry.MaxTimestampBefore);
    }

    private static IndexEntry Decode(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[4..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
}
