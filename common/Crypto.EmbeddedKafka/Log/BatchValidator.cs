using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>What a produced batch must be before it gets an offset. Records are unpacked for compacted topics only.</summary>
internal static class BatchValidator
{
    private const byte CurrentMagic = 2;

    /// <summary>Checks the one batch that a produce request may carry per partition.</summary>
    internal static (ErrorCode Error, string? Message) Check(Memory<byte> records, LogSettings settings)
    {
        if (records.Length < BatchHeader.LengthOverhead + 5)
            return (ErrorCode.CorruptMessage, $"{records.Length} bytes are no record batch");
        var header = new BatchHeader(records.Span);
        if (header.Magic < CurrentMagic)
            return (ErrorCode.UnsupportedForMessageFormat, $"message format v{header.Magic}; this broker keeps v2 only");
        if (header.Magic > CurrentMagic || records.Length < BatchHeader.Size)
            return (ErrorCode.CorruptMessage, "not a record batch of message format v2");
        if (header.Length < BatchHeader.Size - BatchHeader.LengthOverhead || header.TotalSize > records.Length)
            return (ErrorCode.CorruptMessage, $"a batch of {header.Length} bytes in {records.Length}");
        if (header.TotalSize < records.Length)
            return (ErrorCode.InvalidRecord, "more than one record batch for a partition");
        if (header.TotalSize > settings.MaxMessageBytes)
            return (ErrorCode.MessageTooLarge, $"a batch of {header.TotalSize} bytes; max.message.bytes is {settings.MaxMessageBytes}");
        if (header.Checksum != header.ComputeChecksum())
            return (ErrorCode.CorruptMessage, "the checksum does not match");
        return CheckContent(header);
    }

    /// <summary>Checks the batch of a compacted topic further.</summary>
    internal static (ErrorCode Error, string? Message) CheckKeys(Memory<byte> batch, UnpackLimit limit)
    {
        try
        {
            return BatchRecords.AllHaveKeys(batch, limit)
                ? (ErrorCode.None, null)
                : (ErrorCode.InvalidRecord, "a compacted topic takes records with a key only");
        }
        catch (UnpackedTooLargeException e) when (limit.IsLast)
        {
            return (ErrorCode.MessageTooLarge, $"{e.Message} of a batch for a compacted topic");
        }
        catch (DecompressionException e) when (e is not UnpackedTooLargeException)
        {
            return (ErrorCode.CorruptMessage, e.Message);
        }
    }

    private static (ErrorCode, string?) CheckContent(BatchHeader header)
    {
        if (header.Compression > CompressionType.Zstd)
            return (ErrorCode.UnsupportedCompressionType, $"compression {header.Compression}");
        if (header.IsControl)
            return (ErrorCode.InvalidRecord, "control batches are written by the broker");
        if (header.RecordCount <= 0 || header.LastOffsetDelta != header.RecordCount - 1)
            return (ErrorCode.InvalidRecord, $"{header.RecordCount} records, last offset delta {header.LastOffsetDelta}");
        if (header.ProducerId >= 0 && (header.ProducerEpoch < 0 || header.BaseSequence < 0))
            return (ErrorCode.InvalidRecord, "a producer id without epoch or sequence number");
        if (header.IsTransactional && header.ProducerId < 0)
            return (ErrorCode.InvalidRecord, "a transactional batch without a producer id");
        if (header.Compression == CompressionType.None && !RecordWalker.IsWellFormed(header.Records, header.RecordCount))
            return (ErrorCode.InvalidRecord, "a record's lengths do not fit its batch");
        return (ErrorCode.None, null);
    }
}
