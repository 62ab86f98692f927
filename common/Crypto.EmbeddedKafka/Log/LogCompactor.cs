using System.Security.Cryptography;
using Crypto.EmbeddedKafka.Compression;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>
/// Keeps the last record of every key, in two passes over ended segments: which offset is each key's last, then segments
/// without the rest. As in Kafka a key stands by its MD5 hash.
/// </summary>
internal sealed class LogCompactor(string folder, long nowMs, long deleteRetentionMs)
{
    /// <summary>About 250 MB of map. Keys that do not fit are left for the next time: what is not in the map is kept.</summary>
    private const int MaxKeys = 4_000_000;

    private readonly Dictionary<UInt128, long> _lastOffsets = [];

    /// <summary>How many bytes the rewritten segments have become smaller by.</summary>
    internal long Freed { get; private set; }

    /// <returns>What each segment is replaced by: itself, a smaller one, or null where nothing is left.</returns>
    internal Dictionary<Segment, Segment?> Compact(IReadOnlyCollection<Segment> segments)
    {
        foreach (var segment in segments)
            segment.VisitBatches(NoteKeys);
        return segments.ToDictionary(s => s, Rewrite);
    }

    private void NoteKeys(Memory<byte> batch)
    {
        var header = new BatchHeader(batch.Span);
        if (header.IsControl || !TryUnpack(batch, out var records))
            return;
        var walker = new RecordWalker(records.Span);
        while (walker.TryNext())
        {
            var key = Hash(walker.Key);
            if (walker.HasKey && (_lastOffsets.Count < MaxKeys || _lastOffsets.ContainsKey(key)))
                _lastOffsets[key] = header.BaseOffset + walker.OffsetDelta;
        }
    }

    private Segment? Rewrite(Segment segment)
    {
        bool dropTombstones = nowMs - segment.LastWrittenMs > deleteRetentionMs;
        var kept = new List<byte[]>();
        bool changed = false;
        segment.VisitBatches(batch =>
        {
            var left = Filter(batch, dropTombstones);
            changed |= left is null || left.Length != batch.Length;
            if (left is not null)
                kept.Add(left);
        });
        if (!changed)
            return segment;
        Freed += segment.Size - kept.Sum(b => (long)b.Length);
        return kept.Count == 0 ? null : segment.ReplaceBy(folder, kept);
    }

    private byte[]? Filter(Memory<byte> batch, bool dropTombstones)
    {
        var header = new BatchHeader(batch.Span);
        if (header.IsControl || !TryUnpack(batch, out var records))
            return batch.ToArray();
        long baseOffset = header.BaseOffset;
        int kept = 0;
        bool Wanted(ref RecordWalker record)
        {
            bool isLast = !_lastOffsets.TryGetValue(Hash(record.Key), out long last) || last <= baseOffset + record.OffsetDelta;
            bool wanted = isLast && (record.HasValue || !dropTombstones);
            kept += wanted ? 1 : 0;
            return wanted;
        }
        var filtered = BatchRecords.Filter(batch, records.Span, Wanted);
        return kept == header.RecordCount ? batch.ToArray() : filtered;
    }

    /// <summary>A batch that cannot be read is no reason to lose it.</summary>
    private static bool TryUnpack(Memory<byte> batch, out ReadOnlyMemory<byte> records)
    {
        records = default;
        if (!Decompressor.CanUnpack(new BatchHeader(batch.Span).Compression))
            return false;
        try
        {
            records = Decompressor.Records(batch);
            return true;
        }
        catch (DecompressionException)
        {
            return false;
        }
    }

    private static UInt128 Hash(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(key, hash);
        return System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(hash);
    }
}
