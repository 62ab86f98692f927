using System.Diagnostics;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Storage.Trades;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Storage;

/// <summary>
/// Stores batches whose offsets a broker keeps, so that any of them may come again, or come to two processes at once. The ids
/// alone make it exact: the instruments' rows are locked and the ledger drops what it has. Not for several threads.
/// </summary>
public sealed class LooseBatchHandler
{
    private readonly DeadLetters _deadLetters;
    private readonly StorageMetrics _metrics;
    private readonly StreamOffsetStore _offsets;
    private readonly TradeStore _store;
    private readonly ReadBatch _read = new();

    public LooseBatchHandler(
        NpgsqlDataSource dataSource, InstrumentStore instruments, DeadLetters deadLetters, StorageMetrics metrics,
        TimeProvider clock, ILogger<LooseBatchHandler> logger)
    {
        (_deadLetters, _metrics) = (deadLetters, metrics);
        _offsets = new StreamOffsetStore(dataSource, StorageOptions.Consumer, logger);
        _store = new TradeStore(dataSource, instruments, _offsets, clock, logger, fences: false);
    }

    /// <summary>How far this partition was marked as stored; null before the first mark.</summary>
    /// <exception cref="RetriableException">The database is away.</exception>
    public async Task<StreamPosition?> MarkAsync(string topic, int partition, CancellationToken cancellation)
    {
        try
        {
            return await _offsets.ReadAsync(topic, partition, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (IsDatabase(e))
        {
            throw DatabaseFailure.Translate(e);
        }
    }

    /// <summary>Stores what is new of the batch and raises the marks, in one transaction. Poison goes to the dead letters first.</summary>
    /// <exception cref="RetriableException">Nothing was stored; try the same again.</exception>
    public async Task HandleAsync(RecordBatch batch, IReadOnlyList<StreamPosition> marks, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        using var activity = TraceHeaders.StartConsumer(StorageMetrics.Activities, "store trades", batch);
        try
        {
            // A batch that is offered again was read already, and its letters are out.
            if (!ReferenceEquals(_read.Source, batch)) _read.Read(batch, [.. batch.Partitions.Select(_ => 0L)]);
            for (; _read.PoisonPublished < _read.Poison.Count; _read.PoisonPublished++)
            {
                var (record, reason) = _read.Poison[_read.PoisonPublished];
                await _deadLetters.PublishAsync(record, reason, "storage", cancellation).ConfigureAwait(false);
            }
            var result = await _store.StoreAsync(_read, [.. marks.Select(mark => (mark, mark))], cancellation).ConfigureAwait(false);
            _metrics.Committed(result, Stopwatch.GetElapsedTime(begin));
            activity?.SetTag("crypto.trades.stored", result.Stored).SetTag("crypto.trades.duplicates", result.Duplicates);
        }
        catch (Exception e) when (IsDatabase(e))
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw DatabaseFailure.Translate(e);
        }
    }

    private static bool IsDatabase(Exception e) =>
        e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException;
}
