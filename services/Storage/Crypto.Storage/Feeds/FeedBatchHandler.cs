using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Storage.Feeds;

/// <summary>Stores a batch of the slow topics and moves its offsets in one transaction; what is no event goes to the dead letters.</summary>
public sealed class FeedBatchHandler(NpgsqlDataSource dataSource, DeadLetters deadLetters, ILogger<FeedBatchHandler> logger) : IBatchHandler
{
    /// <summary>The consumer's name in <c>market.stream_offsets</c>.</summary>
    public const string Consumer = "storage-feeds";

    private const string Stage = "storage";

    private readonly StreamOffsetStore _offsets = new(dataSource, Consumer, logger);
    private readonly Dictionary<(string Topic, int Partition), StreamPosition> _positions = [];

    public async Task<long> AssignAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        try
        {
            var position = await _offsets.AssignAsync(partition.Topic, partition.Partition, partition.TopicId,
                partition.EarliestOffset, partition.LatestOffset, cancellation).ConfigureAwait(false);
            _positions[(partition.Topic, partition.Partition)] = position;
            return position.NextOffset;
        }
        catch (NpgsqlException e)
        {
            throw DatabaseFailure.Translate(e);
        }
    }

    public Task RevokeAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        _positions.Remove((partition.Topic, partition.Partition));
        return Task.CompletedTask;
    }

    public async Task HandleAsync(RecordBatch batch, CancellationToken cancellation)
    {
        try
        {
            var rows = await ReadAsync(batch, cancellation).ConfigureAwait(false);
            try
            {
                await StoreAsync(batch, rows, InsertAllAsync, cancellation).ConfigureAwait(false);
            }
            catch (PostgresException e) when (IsRefusedValue(e))
            {
                // One of them is no value of its column, whatever the contract says; the others must not wait for it.
                await StoreAsync(batch, rows, InsertSinglyAsync, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException)
        {
            throw DatabaseFailure.Translate(e);
        }
    }

    private async Task<List<Row>> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        foreach (var record in batch.Partitions.SelectMany(p => p.Records))
        {
            if (FeedRows.Statement(record.Topic, record.Message.Value, out var error) is { } statement) rows.Add(new Row(record, statement));
            else await deadLetters.PublishAsync(record, error!, Stage, cancellation).ConfigureAwait(false);
        }
        return rows;
    }

    private async Task StoreAsync(
        RecordBatch batch, List<Row> rows, Func<NpgsqlTransaction, List<Row>, CancellationToken, Task> insert, CancellationToken cancellation)
    {
        var moves = batch.Partitions.Select(p => _positions[(p.Partition.Topic, p.Partition.Partition)])
            .Zip(batch.Partitions, (position, records) => (From: position, To: position with { NextOffset = records.NextOffset })).ToList();
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        if (rows.Count > 0) await insert(transaction, rows, cancellation).ConfigureAwait(false);
        await using (var offsets = new NpgsqlBatch(connection, transaction))
        {
            offsets.BatchCommands.Add(_offsets.Move(moves));
            if (await offsets.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) != moves.Count)
                throw new FencedException("another consumer moved the offsets of the slow topics");
        }
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        foreach (var (_, to) in moves) _positions[(to.Topic, to.Partition)] = to;
    }

    private static async Task InsertAllAsync(NpgsqlTransaction transaction, List<Row> rows, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var row in rows) batch.BatchCommands.Add(row.Statement);
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private async Task InsertSinglyAsync(NpgsqlTransaction transaction, List<Row> rows, CancellationToken cancellation)
    {
        const string BeforeRow = "before_row";
        foreach (var row in rows)
        {
            await transaction.SaveAsync(BeforeRow, cancellation).ConfigureAwait(false);
            try
            {
                await InsertAllAsync(transaction, [row], cancellation).ConfigureAwait(false);
            }
            catch (PostgresException e) when (IsRefusedValue(e))
            {
                await transaction.RollbackAsync(BeforeRow, cancellation).ConfigureAwait(false);
                await deadLetters.PublishAsync(row.Record, $"PostgreSQL {e.SqlState}: {e.MessageText}", Stage, cancellation).ConfigureAwait(false);
            }
        }
    }

    // Class 22, data exception: a text with a NUL, a number or time out of range. 54000 comes of an index entry too large.
    private static bool IsRefusedValue(PostgresException e) =>
        e.SqlState.StartsWith("22", StringComparison.Ordinal) || e.SqlState == PostgresErrorCodes.ProgramLimitExceeded;

    private readonly record struct Row(ConsumeResult<byte[], byte[]> Record, NpgsqlBatchCommand Statement);
}
