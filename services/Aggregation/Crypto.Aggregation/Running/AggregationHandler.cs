using System.Diagnostics;
using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Publishing;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;

namespace Crypto.Aggregation.Running;

/// <summary>
/// Applies batches of trades and coverage events: folds them, merges them into candles and commits both with the offsets
/// in one transaction; then hands the candles to the publisher.
/// </summary>
public sealed class AggregationHandler(
    OwnedInstruments owned, BatchFold fold, CandleUpdater updater, CandleCommit commit, AggregationOffsets offsets,
    CandlePublisher publisher, ChangedCandles changed, MarketTime market, AggregationMetrics metrics, TimeProvider clock) : IBatchHandler
{
    /// <inheritdoc/>
    public Task<long> AssignAsync(AssignedPartition partition, CancellationToken cancellation) => LockedAsync(async () =>
    {
        var position = await offsets.Store.AssignAsync(partition.Topic, partition.Partition, partition.TopicId,
            partition.EarliestOffset, partition.LatestOffset, cancellation).ConfigureAwait(false);
        if (partition.Topic == Topics.Trades)
            await owned.AddPartitionAsync(partition.Partition, position.NextOffset, partition.LatestOffset, cancellation).ConfigureAwait(false);
        return position.NextOffset;
    }, cancellation);

    /// <inheritdoc/>
    public Task RevokeAsync(AssignedPartition partition, CancellationToken cancellation) => LockedAsync(() =>
    {
        if (partition.Topic == Topics.Trades) owned.RemovePartition(partition.Partition);
        return Task.FromResult(true);
    }, cancellation);

    /// <inheritdoc/>
    public Task HandleAsync(RecordBatch batch, CancellationToken cancellation) => LockedAsync(async () =>
    {
        // The trace of the first sampled trade goes on through the candle.
        using var activity = TraceHeaders.StartConsumer(AggregationMetrics.Activities, "aggregate", batch);
        try
        {
            await ApplyAsync(batch, activity, cancellation).ConfigureAwait(false);
        }
        catch
        {
            // Memory has run ahead of the tables; it is read back from them.
            foreach (var state in fold.Touched.Keys) owned.Forget(state);
            throw;
        }
        finally
        {
            fold.Clear();
        }
        return true;
    }, cancellation);

    private async Task ApplyAsync(RecordBatch batch, Activity? activity, CancellationToken cancellation)
    {
        var moves = new List<(StreamPosition From, StreamPosition To)>(batch.Partitions.Count);
        foreach (var records in batch.Partitions)
        {
            var newestUs = await fold.AddAsync(records, cancellation).ConfigureAwait(false);
            if (records.Partition.Topic == Topics.Trades) owned.ProgressOf(records.Partition.Partition)?.Note(records.NextOffset, newestUs);
            moves.Add(MoveOf(records, fold.LastTradeId));
        }
        var work = new List<InstrumentWork>(fold.Touched.Count);
        foreach (var (state, changes) in fold.Touched)
        {
            var marketUs = market.For(state);
            await updater.MergeAsync(state, changes, marketUs, cancellation).ConfigureAwait(false);
            updater.Settle(state, changes, marketUs);
            work.Add(new InstrumentWork(state, changes));
        }
        var candles = await commit.RunAsync(moves, work, cancellation).ConfigureAwait(false);
        publisher.Enqueue(candles, TraceHeaders.Of(activity));
        changed.Note(candles);
        foreach (var state in fold.Touched.Keys)
            foreach (var list in state.Newest) list.Evict();
        metrics.Committed(candles.Count, work.Sum(w => w.Changes.Queued.Count), work.Sum(w => w.Changes.Replaced.Count));
        if (fold.NewestReceivedUs > 0)
            metrics.Latency(TimeSpan.FromMicroseconds(Math.Max(0, UnixTime.NowMicroseconds(clock) - fold.NewestReceivedUs)));
    }

    private static (StreamPosition From, StreamPosition To) MoveOf(PartitionRecords records, long? lastTradeId)
    {
        var before = new StreamPosition(
            records.Partition.Topic, records.Partition.Partition, records.Partition.TopicId, records.ExpectedOffset, null);
        return (before, before with { NextOffset = records.NextOffset, LastTradeId = lastTradeId });
    }

    private async Task<T> LockedAsync<T>(Func<Task<T>> action, CancellationToken cancellation)
    {
        await owned.Gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await DatabaseFailures.TranslateAsync(action).ConfigureAwait(false);
        }
        finally
        {
            owned.Gate.Release();
        }
    }
}
