using Npgsql;

namespace Crypto.Ingestion.Feeds;

/// <summary>Keeps each feed's contract and freshness in <c>market.feeds</c>, where the API reads it.</summary>
public sealed class FeedStatusStore(NpgsqlDataSource dataSource)
{
    /// <exception cref="NpgsqlException">The database cannot be reached; the status is written again with the next poll.</exception>
    public async Task WriteAsync(FeedStatus status, CancellationToken cancellation)
    {
        await using var upsert = dataSource.CreateCommand("""
            insert into market.feeds (feed, topic, expected_every, stale_after, last_success_at, last_event_at, last_failure_at, last_failure)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (feed) do update set
                topic = excluded.topic, expected_every = excluded.expected_every, stale_after = excluded.stale_after,
                last_success_at = coalesce(excluded.last_success_at, market.feeds.last_success_at),
                last_event_at = greatest(excluded.last_event_at, market.feeds.last_event_at),
                last_failure_at = coalesce(excluded.last_failure_at, market.feeds.last_failure_at),
                last_failure = excluded.last_failure, updated_at = now()
            """);
        upsert.Parameters.AddWithValue(status.Contract.Name);
        upsert.Parameters.AddWithValue(status.Contract.Topic);
        upsert.Parameters.AddWithValue(status.Contract.Interval);
        upsert.Parameters.AddWithValue(status.Contract.StaleAfter);
        upsert.Parameters.Add(Time(status.LastSuccess));
        upsert.Parameters.Add(Time(status.LastEvent));
        upsert.Parameters.Add(Time(status.LastFailure));
        upsert.Parameters.Add(new NpgsqlParameter { Value = (object?)status.Failure ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await upsert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static NpgsqlParameter Time(DateTimeOffset? time) =>
        new() { Value = (object?)time?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };
}
