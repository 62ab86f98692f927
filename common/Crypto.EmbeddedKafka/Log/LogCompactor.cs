using System.Security.Cryptography;
using Crypto.EmbeddedKafka.Compression;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>
/// Keeps the last record of every key, in two passes over ended segments: which offset is each key's last, then segments
/// without the rest. As in Kafka a key stands by its MD5 hash.
/// </summary>
internal sealed class LogCompactor(
    string folder, long nowMs, long deleteRetentionMs, UnpackingMemory memory, int maxKeys = LogCompactor.MaxKeys)
{
    /// <summary>About 250 MB of map. Keys that do not fit are left for the next time: what is not in the map is kept.</summary>
    private const int MaxKeys = 4_000_000;

    private readonly Dictionary<UInt128, long> _lastOffsets = [];

    /// <summary>How many bytes the rewritten segments have become smaller by.</summary>
    internal long Freed { get; private set; }

    /// <summary>When the first tombstone that had to stay may go, in ms since 1970.</summary>
    internal long TombstonesDueMs { get; private set; } = long.MaxValue;

    /// <summary>The first pass.</summary>
    internal void NoteKeys(IEnumerable<Segment> segments)
    {
        foreach (var segment in segments)
            segment.VisitBatches(batch => memory.Run(limit => NoteKeys(batch, limit)));
    }

    /// <summary>The second pass, a segment at a time.</summary>
    /// <returns>What the segment is replaced by: itself, a smaller one, or null where nothing is left.</returns>
    internal Segment? Rewrite(Segment segment)
    {
        long dueMs = segment.LastWrittenMs + Math.Min(deleteRetentionMs, long.MaxValue / 2);
        var left = segment.Filter(folder, batch => memory.Run(limit => Filter(batch, dueMs, limit)));
        Freed += segment.Size - (left?.Size ?? 0);
        return left;
    }

    private bool NoteKeys(Memory<byte> batch, UnpackLimit limit)
    {
        var header = new BatchHeader(batch.Span);
        // A batch that cannot be read is no reason to lose it.
        if (header.IsControl || !Decompressor.TryRecords(batch, limit, out var records))
            return false;
        var walker = new RecordWalker(records.Span);
        while (walker.TryNext())
        {
            var key = Hash(walker.Key);
            if (walker.HasKey && (_lastOffsets.Count < maxKeys || _lastOffsets.ContainsKey(key)))
                _lastOffsets[key] = header.BaseOffset + walker.OffsetDelta;
        }
        return true;
    }

    private ReadOnlyMemory<byte> Filter(Memory<byte> batch, long dueMs, UnpackLimit limit)
    {
        var header = new BatchHeader(batch.Span);
        if (header.IsControl || !Decompressor.TryRecords(batch, limit, out var records))
            return batch;
        long baseOffset = header.BaseOffset;
        bool Wanted(ref RecordWalker record)
        {
            bool isKnown = _lastOffsets.TryGetValue(Hash(record.Key), out long last);
            bool isLast = !isKnown || last <= baseOffset + record.OffsetDelta;
            if (record.HasValue || !isLast)
                return isLast;
            // Of a key that did not fit into the map older values may still be there, which the tombstone keeps deleted.
            if (isKnown && nowMs > dueMs)
                return false;
            TombstonesDueMs = Math.Min(TombstonesDueMs, dueMs);
            return true;
        }
        return BatchRecords.Filter(batch, records.Span, Wanted);
    }

    private static UInt128 Hash(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(key, hash);
        return System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(hash);
    }
}
