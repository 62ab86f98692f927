using System.Runtime.InteropServices;
using System.Text.Json;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;

namespace Crypto.Storage.Trades;

/// <summary>The records of a batch as trades and coverage events, and those that are neither. Reused for every batch.</summary>
public sealed class ReadBatch
{
    private readonly InstrumentCache _instruments = new();
    private readonly List<Trade> _trades = [];
    private readonly List<CoverageEvent> _coverage = [];
    private readonly List<(ConsumeResult<byte[], byte[]> Record, string Reason)> _poison = [];

    /// <summary>What was read, or null.</summary>
    public RecordBatch? Source { get; private set; }

    public ReadOnlySpan<Trade> Trades => CollectionsMarshal.AsSpan(_trades);

    public IReadOnlyList<CoverageEvent> Coverage => _coverage;

    public IReadOnlyList<(ConsumeResult<byte[], byte[]> Record, string Reason)> Poison => _poison;

    public int PoisonPublished { get; set; }

    /// <summary>Reads the records that lie at or after the given offset of their partition.</summary>
    /// <returns>Per partition of the batch the trade id of its last record, where that is a trade.</returns>
    public IReadOnlyList<long?> Read(RecordBatch batch, IReadOnlyList<long> fromOffsets)
    {
        _trades.Clear();
        _coverage.Clear();
        _poison.Clear();
        PoisonPublished = 0;
        Source = batch;
        var lastIds = new long?[batch.Partitions.Count];
        for (var i = 0; i < lastIds.Length; i++) lastIds[i] = Read(batch.Partitions[i], fromOffsets[i]);
        return lastIds;
    }

    /// <summary>The trade id of a record; null where it is no trade.</summary>
    public long? TradeIdOf(ConsumeResult<byte[], byte[]> record) =>
        record.Topic == Topics.Trades && record.Message.Value is { } value && TradeJson.TryRead(value, _instruments, out var trade, out _)
            ? trade.TradeId
            : null;

    private long? Read(PartitionRecords partition, long fromOffset)
    {
        var isTrades = partition.Partition.Topic == Topics.Trades;
        long? lastId = null;
        foreach (var record in partition.Records)
        {
            if (record.Offset.Value < fromOffset) continue;
            lastId = isTrades ? ReadTrade(record) : ReadCoverage(record);
        }
        return lastId;
    }

    private long? ReadTrade(ConsumeResult<byte[], byte[]> record)
    {
        if (!TradeJson.TryRead(record.Message.Value, _instruments, out var trade, out var error))
        {
            _poison.Add((record, error!));
            return null;
        }
        if (RecordBounds.FaultOf(trade) is { } fault) _poison.Add((record, fault));
        else _trades.Add(trade);
        return trade.TradeId;
    }

    private long? ReadCoverage(ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            var coverage = CoverageJson.Read(record.Message.Value);
            if (RecordBounds.FaultOf(coverage) is { } fault) _poison.Add((record, fault));
            else _coverage.Add(coverage);
        }
        catch (JsonException e)
        {
            _poison.Add((record, $"no coverage event: {e.Message}"));
        }
        return null;
    }
}
