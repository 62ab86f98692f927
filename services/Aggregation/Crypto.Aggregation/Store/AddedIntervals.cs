using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Store;

/// <summary>
/// Intervals that the settings turned on after the first candles: the trades folded so far are not in theirs. Longer candles are
/// queued to be folded from shorter ones; shorter ones begin with the next candle of those that are there.
/// </summary>
public sealed class AddedIntervals(NpgsqlDataSource dataSource, AggregationOptions options)
{
    private readonly int[] _configured = [.. options.ParsedIntervals.Select(CandleRows.SecondsOf)];

    /// <summary>Finds the intervals that have missed trades of the instrument, and says how they go on. Doing it twice changes nothing.</summary>
    public async Task PrepareAsync(int id, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var intervals = await ReadAsync(connection, transaction, id, cancellation).ConfigureAwait(false);
        if (intervals.Count == 0 || intervals.All(i => i.Folded == _configured.Contains(i.Seconds))) return;
        await using var batch = new NpgsqlBatch(connection, transaction);
        var whole = intervals.Where(i => i is { Folded: true, BeganLater: false }).Select(i => i.Seconds).ToList();
        foreach (var added in intervals.Where(i => !i.Folded && _configured.Contains(i.Seconds)).Select(i => i.Seconds))
        {
            if (whole.FindAll(seconds => seconds < added) is { Count: > 0 } shorter) batch.BatchCommands.Add(Queue(id, added, shorter[^1]));
            else if (whole.Count > 0) batch.BatchCommands.Add(Begin(id, added, whole[0]));
        }
        batch.BatchCommands.Add(Command("update market.aggregated_instruments set intervals = $2 where instrument_id = $1", id, _configured));
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    // All intervals, shortest first; none where the instrument was never folded.
    private static async Task<List<(int Seconds, bool Folded, bool BeganLater)>> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, int id, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Command("""
            select s,
                case when a.intervals is null
                    then exists (select from market.candles c where c.instrument_id = $1 and c.interval_s = s)
                    else s = any (a.intervals) end,
                exists (select from market.interval_starts b where b.instrument_id = $1 and b.interval_s = s)
            from market.aggregated_instruments a, unnest($2) as s where a.instrument_id = $1 order by s
            """, id, Interval.All.Select(CandleRows.SecondsOf).ToArray()));
        var intervals = new List<(int, bool, bool)>();
        await using var rows = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) intervals.Add((rows.GetInt32(0), rows.GetBoolean(1), rows.GetBoolean(2)));
        return intervals;
    }

    // From the newest candle on that the interval has, as that one may lack trades.
    private static NpgsqlBatchCommand Queue(int id, int added, int shorter) => Command("""
        insert into market.candle_recomputations (instrument_id, interval_s, open_time, first_id, last_id)
        select $1, $2, date_bin(make_interval(secs => $2), c.open_time, 'epoch'::timestamptz), min(c.first_trade_id), max(c.last_trade_id)
        from market.candles c
        where c.instrument_id = $1 and c.interval_s = $3 and c.trade_count > 0 and c.open_time >= coalesce((
            select max(n.open_time) from market.candles n where n.instrument_id = $1 and n.interval_s = $2), '-infinity')
        group by 3 on conflict do nothing
        """, id, added, shorter);

    private static NpgsqlBatchCommand Begin(int id, int added, int longer) => Command("""
        insert into market.interval_starts as s (instrument_id, interval_s, since)
        select $1, $2, date_bin(make_interval(secs => $3), newest_trade_time, 'epoch'::timestamptz) + make_interval(secs => $3)
        from market.aggregated_instruments where instrument_id = $1
        on conflict (instrument_id, interval_s) do update set since = greatest(s.since, excluded.since)
        """, id, added, longer);

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return command;
    }
}
