using Crypto.EmbeddedKafka.Compression;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>What compacted topics need to know of a batch's records.</summary>
internal static class BatchRecords
{
    /// <summary>Whether every record has a key; a compacted topic cannot tell records without one apart.</summary>
    /// <exception cref="DecompressionException">The bytes are damaged, or become more than the limit allows.</exception>
    internal static bool AllHaveKeys(Memory<byte> batch, UnpackLimit limit)
    {
        if (!Decompressor.CanUnpack(new BatchHeader(batch.Span).Compression))
            return true;
        var walker = new RecordWalker(Decompressor.Records(batch, limit.Bytes).Span);
        while (walker.TryNext())
        {
            if (!walker.HasKey)
                return false;
        }
        return true;
    }

    /// <summary>The batch with only the records that are wanted, offsets and producer as before.</summary>
    /// <returns>The batch itself where all are wanted, nothing where none is.</returns>
    internal static ReadOnlyMemory<byte> Filter(Memory<byte> batch, ReadOnlySpan<byte> records, RecordPredicate wanted)
    {
        var kept = new byte[records.Length];
        int length = 0, count = 0;
        var walker = new RecordWalker(records);
        while (walker.TryNext())
        {
            if (!wanted(ref walker))
                continue;
            walker.Record.CopyTo(kept.AsSpan(length));
            length += walker.Record.Length;
            count++;
        }
        var header = new BatchHeader(batch.Span);
        if (count == 0)
            return default;
        if (count == header.RecordCount)
            return batch;
        return Pack(batch.Span[..BatchHeader.Size], kept.AsSpan(0, length), count);
    }

    private static ReadOnlyMemory<byte> Pack(Span<byte> header, ReadOnlySpan<byte> records, int count)
    {
        var packed = new byte[BatchHeader.Size + records.Length];
        var body = new byte[records.Length];
        var (compression, size) = Compressor.Pack(new BatchHeader(header).Compression, records, body);
        header.CopyTo(packed);
        (compression == CompressionType.None ? records : body.AsSpan(0, size)).CopyTo(packed.AsSpan(BatchHeader.Size));
        int total = BatchHeader.Size + size;
        new BatchHeader(packed).SetContent(total, count, compression);
        return packed.AsMemory(0, total);
    }

    internal delegate bool RecordPredicate(ref RecordWalker record);
}
