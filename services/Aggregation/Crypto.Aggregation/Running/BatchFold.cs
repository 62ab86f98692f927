using Confluent.Kafka;
using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Running;

/// <summary>Reads the records of a batch and folds them into the instruments that they concern.</summary>
public sealed partial class BatchFold(
    OwnedInstruments owned, MarketTime market, DeadLetters deadLetters, AggregationMetrics metrics, ILogger<BatchFold> logger)
{
    private readonly InstrumentCache _cache = new();
    private readonly Dictionary<InstrumentState, CandleChanges> _touched = [];
    private long _repeats;

    /// <summary>The instruments touched since <see cref="Clear"/>, with the changes begun for them.</summary>
    public IReadOnlyDictionary<InstrumentState, CandleChanges> Touched => _touched;

    /// <summary>The receive time of the newest trade, microseconds; 0 without one.</summary>
    public long NewestReceivedUs { get; private set; }

    /// <summary>Trades read, and the id of the last one, of the partition just added.</summary>
    public long? LastTradeId { get; private set; }

    public void Clear()
    {
        foreach (var state in _touched.Keys) state.Batch.Clear();
        _touched.Clear();
        NewestReceivedUs = 0;
    }

    /// <summary>Folds the records of one partition.</summary>
    /// <returns>The newest event time among them, microseconds.</returns>
    public async Task<long> AddAsync(PartitionRecords records, CancellationToken cancellation)
    {
        var (newestUs, folded) = (0L, 0L);
        _repeats = 0;
        LastTradeId = null;
        var isTrades = records.Partition.Topic == Topics.Trades;
        foreach (var record in records.Records)
        {
            if (!isTrades)
            {
                await AddCoverageAsync(record, cancellation).ConfigureAwait(false);
                continue;
            }
            if (!TradeJson.TryRead(record.Message.Value, _cache, out var trade, out var error)
                || (error = RecordBounds.FaultOf(trade)) is not null)
            {
                // Storage reads the same record and keeps its bytes in the dead-letter topic.
                metrics.Refused();
                Log.NoTrade(logger, record.Partition.Value, record.Offset.Value, error!);
                continue;
            }
            LastTradeId = trade.TradeId;
            newestUs = Math.Max(newestUs, trade.EventTimeUs);
            if (!ExactTrade.TryCreate(trade, out var exact))
            {
                metrics.Refused();
                await deadLetters.PublishAsync(record, "price and quantity have too many digits to be summed exactly", "aggregation", cancellation)
                    .ConfigureAwait(false);
                continue;
            }
            var pending = owned.GetAsync(trade.Instrument, record.Partition.Value, cancellation);
            var state = pending.IsCompletedSuccessfully ? pending.Result : await pending.ConfigureAwait(false);
            if (Fold(state, trade, exact)) folded++;
        }
        market.Note(newestUs);
        metrics.Folded(folded, _repeats);
        return newestUs;
    }

    private bool Fold(InstrumentState state, in Trade trade, in ExactTrade exact)
    {
        if (trade.ReceivedTimeUs > NewestReceivedUs) NewestReceivedUs = trade.ReceivedTimeUs;
        switch (state.Ranges.Add(trade.TradeId, trade.LastTradeId))
        {
            case IdOverlap.Whole:
                _repeats++;
                return false;
            case IdOverlap.Partial:
                metrics.Refused();
                Log.PartlyKnown(logger, trade.Instrument.Key, trade.TradeId, trade.LastTradeId);
                return false;
        }
        state.Batch.Add(trade.TradeTimeUs, exact);
        ChangesOf(state);
        state.Note(trade);
        return true;
    }

    private async Task AddCoverageAsync(ConsumeResult<byte[], byte[]> record, CancellationToken cancellation)
    {
        try
        {
            var coverage = CoverageJson.Read(record.Message.Value);
            if (coverage.Kind != CoverageKind.Void || RecordBounds.FaultOf(coverage) is not null) return;
            var state = await owned.GetAsync(coverage.Instrument, record.Partition.Value, cancellation).ConfigureAwait(false);
            if (!state.Ranges.Cover(coverage.FirstTradeId, coverage.LastTradeId)) return;
            state.NeedsSweep = true;
            ChangesOf(state);
        }
        catch (System.Text.Json.JsonException e)
        {
            metrics.Refused();
            Log.NoCoverage(logger, record.Partition.Value, record.Offset.Value, e.Message);
        }
    }

    private CandleChanges ChangesOf(InstrumentState state)
    {
        if (!_touched.TryGetValue(state, out var changes)) _touched.Add(state, changes = new CandleChanges());
        return changes;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Record {Partition}/{Offset} of crypto.trades is no trade: {Reason}")]
        public static partial void NoTrade(ILogger logger, int partition, long offset, string reason);

        [LoggerMessage(LogLevel.Warning, "The aggregate {Instrument} {First}..{Last} is dropped: some of its trades are folded already")]
        public static partial void PartlyKnown(ILogger logger, string instrument, long first, long last);

        [LoggerMessage(LogLevel.Warning, "Record {Partition}/{Offset} of crypto.coverage is no coverage event: {Reason}")]
        public static partial void NoCoverage(ILogger logger, int partition, long offset, string reason);
    }
}
