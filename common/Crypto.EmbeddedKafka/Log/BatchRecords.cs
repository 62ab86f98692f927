using Crypto.EmbeddedKafka.Compression;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>What compacted topics need to know of a batch's records.</summary>
internal static class BatchRecords
{
    /// <summary>Whether every record has a key; a compacted topic cannot tell records without one apart.</summary>
    internal static bool AllHaveKeys(Memory<byte> batch)
    {
        if (!Decompressor.CanUnpack(new BatchHeader(batch.Span).Compression))
            return true;
        var walker = new RecordWalker(Decompressor.Records(batch).Span);
        while (walker.TryNext())
        {
            if (!walker.HasKey)
                return false;
        }
        return true;
    }

    /// <summary>
    /// The batch with only the records that are wanted, uncompressed, offsets and producer as before; null where none is
    /// left.
    /// </summary>
    internal static byte[]? Filter(Memory<byte> batch, ReadOnlySpan<byte> records, RecordPredicate wanted)
    {
        var kept = new byte[BatchHeader.Size + records.Length];
        int length = BatchHeader.Size, count = 0;
        var walker = new RecordWalker(records);
        while (walker.TryNext())
        {
            if (!wanted(ref walker))
                continue;
            walker.Record.CopyTo(kept.AsSpan(length));
            length += walker.Record.Length;
            count++;
        }
        if (count == 0)
            return null;
        Array.Resize(ref kept, length);
        batch.Span[..BatchHeader.Size].CopyTo(kept);
        var header = new BatchHeader(kept);
        header.SetContent(length, count);
        return kept;
    }

    internal delegate bool RecordPredicate(ref RecordWalker record);
}
