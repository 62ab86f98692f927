using System.Buffers.Binary;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>
/// The 61 bytes in front of a record batch of message format v2 (see the protocol guide, "Record Batch"). The checksum covers
/// what follows it, so the broker may set the offset and the leader's epoch and keep the rest as the client made it.
/// </summary>
internal readonly ref struct BatchHeader(Span<byte> batch)
{
    internal const int Size = 61;

    /// <summary>What precedes the part that <see cref="Length"/> counts.</summary>
    internal const int LengthOverhead = 12;

    private const int ChecksumEnd = 21;
    private readonly Span<byte> _batch = batch;

    internal long BaseOffset
    {
        get => BinaryPrimitives.ReadInt64BigEndian(_batch);
        set => BinaryPrimitives.WriteInt64BigEndian(_batch, value);
    }

    /// <summary>Bytes after this field; may be any number in a batch that was not checked.</summary>
    internal int Length => BinaryPrimitives.ReadInt32BigEndian(_batch[8..]);

    internal int TotalSize => Length + LengthOverhead;

    internal int LeaderEpoch
    {
        set => BinaryPrimitives.WriteInt32BigEndian(_batch[12..], value);
    }

    internal byte Magic => _batch[16];

    internal uint Checksum
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_batch[17..]);
        set => BinaryPrimitives.WriteUInt32BigEndian(_batch[17..], value);
    }

    internal short Attributes
    {
        get => BinaryPrimitives.ReadInt16BigEndian(_batch[21..]);
        set => BinaryPrimitives.WriteInt16BigEndian(_batch[21..], value);
    }

    internal CompressionType Compression => (CompressionType)(Attributes & 0x07);

    internal bool IsLogAppendTime => (Attributes & 0x08) != 0;

    internal bool IsTransactional => (Attributes & 0x10) != 0;

    internal bool IsControl => (Attributes & 0x20) != 0;

    internal int LastOffsetDelta => BinaryPrimitives.ReadInt32BigEndian(_batch[23..]);

    internal long LastOffset => BaseOffset + LastOffsetDelta;

    internal long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(_batch[27..]);

    internal long MaxTimestamp
    {
        get => BinaryPrimitives.ReadInt64BigEndian(_batch[35..]);
        set => BinaryPrimitives.WriteInt64BigEndian(_batch[35..], value);
    }

    internal long ProducerId => BinaryPrimitives.ReadInt64BigEndian(_batch[43..]);

    internal short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_batch[51..]);

    internal int BaseSequence => BinaryPrimitives.ReadInt32BigEndian(_batch[53..]);

    /// <summary>The sequence number of the last record; they wrap from the largest integer to 0.</summary>
    internal int LastSequence => BaseSequence < 0 ? BaseSequence : (int)(((long)BaseSequence + LastOffsetDelta) & int.MaxValue);

    internal int RecordCount => BinaryPrimitives.ReadInt32BigEndian(_batch[57..]);

    internal Span<byte> Records => _batch[Size..TotalSize];

    /// <summary>Declares other records as this batch's content and seals them with a checksum.</summary>
    internal void SetContent(int totalSize, int recordCount, CompressionType compression)
    {
        const int CompressionBits = 0x07;
        BinaryPrimitives.WriteInt32BigEndian(_batch[8..], totalSize - LengthOverhead);
        BinaryPrimitives.WriteInt32BigEndian(_batch[57..], recordCount);
        BinaryPrimitives.WriteInt16BigEndian(_batch[21..], (short)((Attributes & ~CompressionBits) | (int)compression));
        BinaryPrimitives.WriteUInt32BigEndian(_batch[17..], ComputeChecksum());
    }

    internal uint ComputeChecksum() => Crc32C.Compute(_batch[ChecksumEnd..TotalSize]);
}

internal enum CompressionType
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}
