using System.Buffers.Binary;
using System.Text;
using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Tests.Log;

/// <summary>Record batches as a producer builds them, uncompressed.</summary>
internal static class TestBatch
{
    /// <summary>Stands before every value, so that it is found again.</summary>
    private const char Mark = '>';

    /// <param name="values">A record for each.</param>
    /// <param name="producer">Id, epoch and first sequence number; none by default.</param>
    /// <param name="timestampMs">Of the first record; each later one is a millisecond younger.</param>
    internal static byte[] Build(
        IReadOnlyList<string> values, (long Id, short Epoch, int Sequence)? producer = null, long timestampMs = 1_700_000_000_000) =>
        Build([.. values.Select(value => (default(string), (string?)value))], producer, timestampMs);

    /// <param name="records">Key and value of each; one without a value is a tombstone.</param>
    internal static byte[] Keyed(params IReadOnlyList<(string? Key, string? Value)> records) => Build(records, null, 1_700_000_000_000);

    internal static byte[] Build(IReadOnlyList<(string? Key, string? Value)> values, (long Id, short Epoch, int Sequence)? producer, long timestampMs)
    {
        var (id, epoch, sequence) = producer ?? (-1, -1, -1);
        var records = new MemoryStream();
        for (int i = 0; i < values.Count; i++)
            Write(records, i, BytesOf(values[i].Key), BytesOf(values[i].Value is { } value ? Mark + value : null));
        var batch = new byte[BatchHeader.Size + records.Length];
        records.ToArray().CopyTo(batch, BatchHeader.Size);
        var span = batch.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(span[8..], batch.Length - BatchHeader.LengthOverhead);
        span[16] = 2;
        BinaryPrimitives.WriteInt32BigEndian(span[23..], values.Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(span[27..], timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(span[35..], timestampMs + values.Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(span[43..], id);
        BinaryPrimitives.WriteInt16BigEndian(span[51..], epoch);
        BinaryPrimitives.WriteInt32BigEndian(span[53..], sequence);
        BinaryPrimitives.WriteInt32BigEndian(span[57..], values.Count);
        var header = new BatchHeader(span);
        header.Checksum = header.ComputeChecksum();
        return batch;
    }

    /// <summary>The batch packed as a client may have: None, Gzip or Zstd.</summary>
    internal static byte[] Pack(byte[] batch, CompressionType compression)
    {
        var records = batch[BatchHeader.Size..];
        var packed = new byte[records.Length];
        var (type, size) = Compressor.Pack(compression, records, packed);
        if (type == CompressionType.None)
            return batch;
        byte[] whole = [.. batch[..BatchHeader.Size], .. packed[..size]];
        new BatchHeader(whole).SetContent(whole.Length, new BatchHeader(batch).RecordCount, type);
        return whole;
    }

    /// <summary>The values of whole batches and their offsets.</summary>
    internal static List<(long Offset, string Value)> Read(Memory<byte> batches)
    {
        var found = new List<(long, string)>();
        while (batches.Length >= BatchHeader.Size && new BatchHeader(batches.Span).TotalSize <= batches.Length)
        {
            var header = new BatchHeader(batches.Span);
            var walker = new RecordWalker(header.Records);
            while (walker.TryNext())
            {
                // The value is what stands between its length, the last varint before it, and the one byte of "no headers".
                string text = Encoding.UTF8.GetString(walker.Record);
                found.Add((header.BaseOffset + walker.OffsetDelta, text[(text.LastIndexOf(Mark) + 1)..^1]));
            }
            batches = batches[header.TotalSize..];
        }
        return found;
    }

    private static byte[]? BytesOf(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static void Write(MemoryStream records, int delta, byte[]? key, byte[]? value)
    {
        var record = new MemoryStream();
        record.WriteByte(0); // attributes
        Varint(record, delta); // of the timestamp
        Varint(record, delta); // of the offset
        Write(record, key);
        Write(record, value);
        Varint(record, 0); // headers
        Varint(records, record.Length);
        record.WriteTo(records);
    }

    private static void Write(MemoryStream record, byte[]? bytes)
    {
        Varint(record, bytes?.Length ?? -1);
        record.Write(bytes ?? []);
    }

    private static void Varint(MemoryStream target, long value)
    {
        ulong raw = (ulong)((value << 1) ^ (value >> 63));
        for (; raw >= 0x80; raw >>= 7)
            target.WriteByte((byte)(raw | 0x80));
        target.WriteByte((byte)raw);
    }
}
