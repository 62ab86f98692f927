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
            var moves = batch.Partitions.Select(p => _positions[(p.Partition.Topic, p.Partition.Partition)])
                .Zip(batch.Partitions, (position, records) => (From: position, To: position with { NextOffset = records.NextOffset })).ToList();
            await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            await using (var rows = await RowsAsync(batch, connection, transaction, cancellation).ConfigureAwait(false))
                if (rows.BatchCommands.Count > 0) await rows.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            await using (var offsets = new NpgsqlBatch(connection, transaction))
            {
                offsets.BatchCommands.Add(_offsets.Move(moves));
                if (await offsets.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) != moves.Count)
                    throw new FencedException("another consumer moved the offsets of the slow topics");
            }
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
            foreach (var (_, to) in moves) _positions[(to.Topic, to.Partition)] = to;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException)
        {
            throw DatabaseFailure.Translate(e);
        }
    }

    private async Task<NpgsqlBatch> RowsAsync(
        RecordBatch batch, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var rows = new NpgsqlBatch(connection, transaction);
        foreach (var record in batch.Partitions.SelectMany(p => p.Records))
        {
            if (FeedRows.Statement(record.Topic, record.Message.Value, out var error) is { } statement) rows.BatchCommands.Add(statement);
            else await deadLetters.PublishAsync(record, error!, "storage", cancellation).ConfigureAwait(false);
        }
        return rows;
    }
}
