using System.Diagnostics;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Storage.Trades;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Storage;

/// <summary>
/// Stores a batch of <c>crypto.trades</c> and <c>crypto.coverage</c> and moves its offsets in one transaction. What cannot be
/// read goes to the dead letters first, so that a crash repeats a letter rather than loses it.
/// </summary>
public sealed partial class TradeBatchHandler : IBatchHandler
{
    private readonly DeadLetters _deadLetters;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly StreamOffsetStore _offsets;
    private readonly TradeStore _store;
    private readonly ReadBatch _read = new();
    private readonly Dictionary<(string Topic, int Partition), Reading> _reading = [];
    private IReadOnlyList<long?> _lastIds = [];

    public TradeBatchHandler(
        NpgsqlDataSource dataSource, InstrumentStore instruments, DeadLetters deadLetters, StorageMetrics metrics,
        TimeProvider clock, ILogger<TradeBatchHandler> logger)
    {
        (_deadLetters, _metrics, _logger) = (deadLetters, metrics, logger);
        _offsets = new StreamOffsetStore(dataSource, StorageOptions.Consumer, logger);
        _store = new TradeStore(dataSource, instruments, _offsets, clock, logger);
    }

    public async Task<long> AssignAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        try
        {
            var position = await _offsets.AssignAsync(partition.Topic, partition.Partition, partition.TopicId,
                partition.EarliestOffset, partition.LatestOffset, cancellation).ConfigureAwait(false);
            // The last applied record is read once more, to see that this is still the log that it was.
            var verify = position.LastTradeId is not null && position.NextOffset > partition.EarliestOffset;
            _reading[(partition.Topic, partition.Partition)] = new Reading(position) { MustVerify = verify };
            return verify ? position.NextOffset - 1 : position.NextOffset;
        }
        catch (NpgsqlException e)
        {
            throw DatabaseFailure.Translate(e);
        }
    }

    public Task RevokeAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        _reading.Remove((partition.Topic, partition.Partition));
        return Task.CompletedTask;
    }

    public async Task HandleAsync(RecordBatch batch, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        using var activity = TraceHeaders.StartConsumer(StorageMetrics.Activities, "store trades", batch);
        try
        {
            var readings = batch.Partitions.Select(p => _reading[(p.Partition.Topic, p.Partition.Partition)]).ToList();
            // A batch that is offered again was read already, and its letters are out.
            if (!ReferenceEquals(_read.Source, batch))
            {
                await VerifyAsync(batch, readings, cancellation).ConfigureAwait(false);
                _lastIds = _read.Read(batch, [.. readings.Select(reading => reading.Position.NextOffset)]);
            }
            await PublishPoisonAsync(cancellation).ConfigureAwait(false);
            var moves = Moves(batch, readings);
            if (moves.Count == 0) return;
            var result = await _store.StoreAsync(_read, moves, cancellation).ConfigureAwait(false);
            for (var i = 0; i < readings.Count; i++) readings[i].MoveTo(batch.Partitions[i].NextOffset, _lastIds[i]);
            _metrics.Committed(result, Stopwatch.GetElapsedTime(begin));
            activity?.SetTag("crypto.trades.stored", result.Stored).SetTag("crypto.trades.duplicates", result.Duplicates);
            if (result.Duplicates > 0) Log.Duplicates(_logger, result.Duplicates);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw DatabaseFailure.Translate(e);
        }
    }

    /// <summary>Compares the record before the stored position with what was stored of it.</summary>
    private async Task VerifyAsync(RecordBatch batch, List<Reading> readings, CancellationToken cancellation)
    {
        for (var i = 0; i < readings.Count; i++)
        {
            if (!readings[i].MustVerify) continue;
            var position = readings[i].Position;
            var first = batch.Partitions[i].Records[0];
            if (first.Offset.Value == position.NextOffset - 1 && _read.TradeIdOf(first) != position.LastTradeId)
            {
                await _offsets.RestartAsync(position, batch.Partitions[i].Partition.EarliestOffset, cancellation).ConfigureAwait(false);
                throw new FencedException($"{position.Topic}/{position.Partition} is another log");
            }
            readings[i].MustVerify = false;
        }
    }

    private async Task PublishPoisonAsync(CancellationToken cancellation)
    {
        for (; _read.PoisonPublished < _read.Poison.Count; _read.PoisonPublished++)
        {
            var (record, reason) = _read.Poison[_read.PoisonPublished];
            await _deadLetters.PublishAsync(record, reason, "storage", cancellation).ConfigureAwait(false);
        }
    }

    private List<(StreamPosition From, StreamPosition To)> Moves(RecordBatch batch, List<Reading> readings)
    {
        var moves = new List<(StreamPosition From, StreamPosition To)>(readings.Count);
        for (var i = 0; i < readings.Count; i++)
        {
            var stored = readings[i].Position;
            var next = batch.Partitions[i].NextOffset;
            // Nothing moves where the verified record was all there was.
            if (next > stored.NextOffset) moves.Add((stored, stored with { NextOffset = next, LastTradeId = _lastIds[i] }));
        }
        return moves;
    }

    private sealed class Reading(StreamPosition position)
    {
        public StreamPosition Position { get; private set; } = position;

        public bool MustVerify { get; set; }

        public void MoveTo(long nextOffset, long? lastTradeId)
        {
            if (nextOffset > Position.NextOffset) Position = Position with { NextOffset = nextOffset, LastTradeId = lastTradeId };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Count} trades were stored before and were dropped")]
        public static partial void Duplicates(ILogger logger, int count);
    }
}
