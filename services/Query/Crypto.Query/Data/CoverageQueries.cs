using System.Data;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Reads the coverage ledger.</summary>
public sealed class CoverageQueries(NpgsqlDataSource dataSource)
{
    /// <summary>The ledger of one instrument; its three tables are read in one snapshot, so that they agree.</summary>
    public async Task<Coverage> ReadAsync(KnownInstrument instrument, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, "select first_id, last_id from market.coverage_ranges where instrument_id = $1 order by first_id", instrument.Id);
        Add(batch, "select coalesce(sum(last_id - first_id + 1), 0)::bigint from market.coverage_voids where instrument_id = $1", instrument.Id);
        Add(batch, "select coalesce(sum(aggregated), 0)::bigint from market.coverage_aggregated where instrument_id = $1", instrument.Id);
        Add(batch, """
            select first_id, last_id, reason, state, detected_at, repaired_at
            from market.coverage_gaps where instrument_id = $1 order by first_id, gap_id
            """, instrument.Id);
        await using var rows = await batch.ExecuteReaderAsync(cancellation);
        var ranges = new List<IdRange>();
        while (await rows.ReadAsync(cancellation)) ranges.Add(new IdRange(rows.GetInt64(0), rows.GetInt64(1)));
        await rows.NextResultAsync(cancellation);
        await rows.ReadAsync(cancellation);
        var voids = rows.GetInt64(0);
        await rows.NextResultAsync(cancellation);
        await rows.ReadAsync(cancellation);
        var aggregated = rows.GetInt64(0);
        await rows.NextResultAsync(cancellation);
        var gaps = new List<Gap>();
        while (await rows.ReadAsync(cancellation)) gaps.Add(ReadGap(rows));
        return new Coverage(ranges, voids, aggregated, gaps);
    }

    private static void Add(NpgsqlBatch batch, string sql, int instrument) => batch.BatchCommands.Add(
        new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<int> { TypedValue = instrument } } });

    private static Gap ReadGap(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), UnixTime.ToMicroseconds(row.GetDateTime(4)),
        row.IsDBNull(5) ? null : UnixTime.ToMicroseconds(row.GetDateTime(5)));
}
