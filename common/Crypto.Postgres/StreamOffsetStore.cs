using Crypto.Contracts;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Postgres;

/// <summary>Where a consumer stands in a partition, as the store has it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="TopicId">The id of the topic that the offsets belong to.</param>
/// <param name="NextOffset">The first offset that is not applied.</param>
/// <param name="LastTradeId">The trade id of the record before it, where that is known.</param>
public sealed record StreamPosition(string Topic, int Partition, string TopicId, long NextOffset, long? LastTradeId);

/// <summary>
/// The offsets of one transactional consumer. They move in the transaction of what they stand for, by compare-and-set: a
/// consumer whose partition went to another fails there and has changed nothing.
/// </summary>
public sealed partial class StreamOffsetStore(NpgsqlDataSource dataSource, string consumer, ILogger logger)
{
    /// <summary>
    /// The position to read from. A topic that was made anew, or a log that is shorter than what was applied, is read from
    /// its beginning: the ledger drops what it holds already. A log whose beginning has expired is read from what is left.
    /// </summary>
    public async Task<StreamPosition> AssignAsync(
        string topic, int partition, string topicId, long earliest, long latest, CancellationToken cancellation)
    {
        var stored = await ReadAsync(topic, partition, cancellation).ConfigureAwait(false);
        var position = new StreamPosition(topic, partition, topicId, earliest, null);
        if (stored is null) Log.First(logger, consumer, topic, partition, earliest);
        else if (stored.TopicId != topicId) Log.TopicMadeAnew(logger, consumer, topic, partition, earliest);
        else if (stored.NextOffset > latest) Log.ShorterLog(logger, consumer, topic, partition, latest, stored.NextOffset, earliest);
        else if (stored.NextOffset < earliest) Log.Expired(logger, consumer, topic, partition, stored.NextOffset, earliest);
        else return stored;
        await ResetAsync(position, stored, cancellation).ConfigureAwait(false);
        return position;
    }

    /// <summary>
    /// Begins the partition again because its log has another record where the last applied one was.
    /// </summary>
    public Task RestartAsync(StreamPosition stored, long earliest, CancellationToken cancellation)
    {
        Log.AnotherLog(logger, consumer, stored.Topic, stored.Partition, earliest);
        return ResetAsync(stored with { NextOffset = earliest, LastTradeId = null }, stored, cancellation);
    }

    /// <summary>
    /// A command for the batch's transaction that moves the positions. It affects one row per position; fewer mean that
    /// another consumer moved one (<see cref="FencedException"/>), and the transaction must be rolled back.
    /// </summary>
    public NpgsqlBatchCommand Move(IReadOnlyList<(StreamPosition From, StreamPosition To)> moves)
    {
        var command = new NpgsqlBatchCommand("""
            update market.stream_offsets o
            set next_offset = m.next_offset, last_trade_id = m.last_trade_id, updated_at = now()
            from unnest($2, $3, $4, $5, $6, $7) as m (topic, partition, topic_id, expected, next_offset, last_trade_id)
            where o.consumer = $1 and o.topic = m.topic and o.partition = m.partition
              and o.topic_id = m.topic_id and o.next_offset = m.expected
            """);
        command.Parameters.AddWithValue(consumer);
        command.Parameters.AddWithValue(moves.Select(move => move.From.Topic).ToArray());
        command.Parameters.AddWithValue(moves.Select(move => move.From.Partition).ToArray());
        command.Parameters.AddWithValue(moves.Select(move => move.From.TopicId).ToArray());
        command.Parameters.AddWithValue(moves.Select(move => move.From.NextOffset).ToArray());
        command.Parameters.AddWithValue(moves.Select(move => move.To.NextOffset).ToArray());
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = moves.Select(move => move.To.LastTradeId).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
        });
        return command;
    }

    /// <summary>
    /// A command that raises the positions to the given ones, for a consumer whose offsets a broker keeps: here they only
    /// tell others how far it has come. Another topic id begins anew.
    /// </summary>
    public NpgsqlBatchCommand Raise(IReadOnlyList<StreamPosition> marks)
    {
        var command = new NpgsqlBatchCommand("""
            insert into market.stream_offsets as o (consumer, topic, partition, topic_id, next_offset)
            select $1, m.topic, m.partition, m.topic_id, m.next_offset
            from unnest($2, $3, $4, $5) as m (topic, partition, topic_id, next_offset)
            on conflict (consumer, topic, partition) do update
            set topic_id = excluded.topic_id, next_offset = excluded.next_offset, last_trade_id = null, updated_at = now()
            where o.topic_id <> excluded.topic_id or o.next_offset < excluded.next_offset
            """);
        command.Parameters.AddWithValue(consumer);
        command.Parameters.AddWithValue(marks.Select(mark => mark.Topic).ToArray());
        command.Parameters.AddWithValue(marks.Select(mark => mark.Partition).ToArray());
        command.Parameters.AddWithValue(marks.Select(mark => mark.TopicId).ToArray());
        command.Parameters.AddWithValue(marks.Select(mark => mark.NextOffset).ToArray());
        return command;
    }

    /// <summary>The position as it is stored, or null.</summary>
    public async Task<StreamPosition?> ReadAsync(string topic, int partition, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select topic_id, next_offset, last_trade_id from market.stream_offsets
            where consumer = $1 and topic = $2 and partition = $3
            """);
        select.Parameters.AddWithValue(consumer);
        select.Parameters.AddWithValue(topic);
        select.Parameters.AddWithValue(partition);
        await using var row = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (!await row.ReadAsync(cancellation).ConfigureAwait(false)) return null;
        return new StreamPosition(topic, partition, row.GetString(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetInt64(2));
    }

    private async Task ResetAsync(StreamPosition position, StreamPosition? stored, CancellationToken cancellation)
    {
        await using var upsert = dataSource.CreateCommand("""
            insert into market.stream_offsets as o (consumer, topic, partition, topic_id, next_offset) values ($1, $2, $3, $4, $5)
            on conflict (consumer, topic, partition) do update
            set topic_id = excluded.topic_id, next_offset = excluded.next_offset, last_trade_id = null, updated_at = now()
            where o.topic_id = $6 and o.next_offset = $7
            """);
        upsert.Parameters.AddWithValue(consumer);
        upsert.Parameters.AddWithValue(position.Topic);
        upsert.Parameters.AddWithValue(position.Partition);
        upsert.Parameters.AddWithValue(position.TopicId);
        upsert.Parameters.AddWithValue(position.NextOffset);
        upsert.Parameters.AddWithValue(stored?.TopicId ?? "");
        upsert.Parameters.AddWithValue(stored?.NextOffset ?? -1);
        if (await upsert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 0)
            throw new FencedException($"another consumer moved {position.Topic}/{position.Partition}");
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{Consumer} reads {Topic}/{Partition} for the first time, from {Offset}")]
        public static partial void First(ILogger logger, string consumer, string topic, int partition, long offset);

        [LoggerMessage(LogLevel.Warning, "{Consumer}: {Topic}/{Partition} was made anew; it is read from its beginning, {Offset}")]
        public static partial void TopicMadeAnew(ILogger logger, string consumer, string topic, int partition, long offset);

        [LoggerMessage(LogLevel.Warning,
            "{Consumer}: {Topic}/{Partition} ends at {Latest}, before the applied {Applied}; it is read from its beginning, {Offset}")]
        public static partial void ShorterLog(
            ILogger logger, string consumer, string topic, int partition, long latest, long applied, long offset);

        [LoggerMessage(LogLevel.Error,
            "{Consumer}: {Topic}/{Partition} has lost the records from {Applied} on to retention; it is read from {Offset}")]
        public static partial void Expired(ILogger logger, string consumer, string topic, int partition, long applied, long offset);

        [LoggerMessage(LogLevel.Warning,
            "{Consumer}: {Topic}/{Partition} holds another record than the last one applied; it is read from its beginning, {Offset}")]
        public static partial void AnotherLog(ILogger logger, string consumer, string topic, int partition, long offset);
    }
}
