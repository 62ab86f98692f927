using System.Runtime.InteropServices;
using System.Text.Json;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;

namespace Crypto.Storage.Trades;

/// <summary>The records of a batch as trades and coverage events, and those that are neither. Reused for every batch.</summary>
public sealed class ReadBatch
{
    // Days are made on demand; a time far off is a broken clock or unit, not a day to make.
    private static readonly long EarliestUs = UnixTime.ToMicroseconds(new DateTime(2009, 1, 3, 0, 0, 0, DateTimeKind.Utc));
    private static readonly long LatestUs = UnixTime.ToMicroseconds(new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    // Far beyond any exchange's ids, and far enough from the end of bigint for sums.
    private const long MaxId = 1L << 60;
    private const long MaxIdsAtOnce = 1_000_000;

    private const string OffTime = "a time is before 2009 or after 2099; times are microseconds since 1970";
    private const string OffIds = "the trade ids are beyond 2^60, or more than a million at once";

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
        if (IsOff(trade.TradeTimeUs) || IsOff(trade.EventTimeUs) || IsOff(trade.ReceivedTimeUs)) _poison.Add((record, OffTime));
        else if (trade.LastTradeId > MaxId || trade.Count > MaxIdsAtOnce) _poison.Add((record, OffIds));
        else _trades.Add(trade);
        return trade.TradeId;
    }

    private long? ReadCoverage(ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            var coverage = CoverageJson.Read(record.Message.Value);
            var count = coverage.LastTradeId - coverage.FirstTradeId + 1;
            if (IsOff(coverage.TimeUs)) _poison.Add((record, OffTime));
            else if (coverage.LastTradeId > MaxId || (coverage.Kind == CoverageKind.Void && count > MaxIdsAtOnce))
                _poison.Add((record, OffIds));
            else _coverage.Add(coverage);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            _poison.Add((record, $"no coverage event: {e.Message}"));
        }
        return null;
    }

    private static bool IsOff(long timeUs) => timeUs < EarliestUs || timeUs >= LatestUs;
}
