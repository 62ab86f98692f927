using Crypto.Contracts;
using Crypto.Postgres;
using Npgsql;

namespace Crypto.Aggregation.Publishing;

/// <summary>Notes in <c>market.candles</c> which versions are known to be in <c>crypto.candles</c>.</summary>
public sealed class PublishedMarks(NpgsqlDataSource dataSource, InstrumentStore instruments)
{
    public async Task WriteAsync(IReadOnlyDictionary<CandleKey, long> delivered, CancellationToken cancellation)
    {
        if (delivered.Count == 0) return;
        var (ids, seconds, times, versions) = (new int[delivered.Count], new int[delivered.Count], new DateTime[delivered.Count], new long[delivered.Count]);
        var at = 0;
        foreach (var (key, version) in delivered)
        {
            ids[at] = await instruments.GetOrCreateAsync(key.Instrument, cancellation).ConfigureAwait(false);
            seconds[at] = (int)(key.IntervalUs / UnixTime.MicrosecondsPerSecond);
            times[at] = UnixTime.ToDateTime(key.OpenTimeUs);
            versions[at++] = version;
        }
        await using var update = dataSource.CreateCommand("""
            update market.candles c
            set published_version = d.version, pending = c.state < 2 or c.version > d.version
            from unnest($1, $2, $3, $4) as d (id, seconds, open_time, version)
            where c.instrument_id = d.id and c.interval_s = d.seconds and c.open_time = d.open_time
              and c.published_version < d.version
            """);
        update.Parameters.AddWithValue(ids);
        update.Parameters.AddWithValue(seconds);
        update.Parameters.AddWithValue(times);
        update.Parameters.AddWithValue(versions);
        await update.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
