using System.Text.Json;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Aggregation.Reconciling;

/// <summary>Reads our candles for a comparison, and keeps its result.</summary>
public sealed class ReconciliationStore(NpgsqlDataSource dataSource)
{
    private const int MostDifferences = 100;

    /// <summary>Our candles that open from <paramref name="fromUs"/> to before <paramref name="toUs"/>, oldest first.</summary>
    public async Task<List<Candle>> CandlesAsync(Instrument instrument, Interval interval, long fromUs, long toUs, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand($"""
            select {CandleRows.Columns} from market.candles c join market.instruments i using (instrument_id)
            where i.venue = $1 and i.symbol = $2 and c.interval_s = $3 and c.open_time >= $4 and c.open_time < $5 order by c.open_time
            """);
        select.Parameters.AddWithValue(instrument.Venue);
        select.Parameters.AddWithValue(instrument.Symbol);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(fromUs));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(toUs));
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return [.. (await CandleRows.ReadAllAsync(rows, cancellation).ConfigureAwait(false)).Select(row => row.ToCandle(instrument))];
    }

    /// <summary>Keeps the newest result of a series.</summary>
    public async Task WriteAsync(int id, Interval interval, long fromUs, long toUs, Reconciliation result, CancellationToken cancellation)
    {
        await using var upsert = dataSource.CreateCommand("""
            insert into market.reconciliations (instrument_id, interval_s, from_time, to_time, compared, equal, not_covered, score, differences)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (instrument_id, interval_s) do update set from_time = excluded.from_time, to_time = excluded.to_time,
                compared = excluded.compared, equal = excluded.equal, not_covered = excluded.not_covered, score = excluded.score,
                differences = excluded.differences, checked_at = now()
            """);
        object[] values =
        [
            id, CandleRows.SecondsOf(interval), UnixTime.ToDateTime(fromUs), UnixTime.ToDateTime(toUs), result.Compared, result.Equal,
            result.NotCovered.Count, result.Score,
        ];
        foreach (var value in values) upsert.Parameters.AddWithValue(value);
        upsert.Parameters.Add(new NpgsqlParameter
        {
            NpgsqlDbType = NpgsqlDbType.Jsonb,
            Value = JsonSerializer.Serialize(result.Differences.Take(MostDifferences).Select(d => new
            {
                openTime = UnixTime.ToRfc3339(d.OpenTimeUs),
                field = d.Field,
                ours = d.Ours,
                theirs = d.Theirs,
            })),
        });
        await upsert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
