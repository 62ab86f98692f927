using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Store;

/// <summary>Reads instruments back from the tables. What is read is bounded by open windows, not by history.</summary>
public sealed class StateLoader(NpgsqlDataSource dataSource, AggregationOptions options, AddedIntervals added)
{
    private readonly IReadOnlyList<Interval> _intervals = options.ParsedIntervals;

    /// <summary>The instruments whose trades came from this partition.</summary>
    public async Task<IReadOnlyList<(int Id, Instrument Instrument)>> InstrumentsOfAsync(int partition, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select i.instrument_id, i.venue, i.symbol from market.aggregated_instruments a join market.instruments i using (instrument_id)
            where a.partition = $1 order by i.instrument_id
            """);
        select.Parameters.AddWithValue(partition);
        var found = new List<(int, Instrument)>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            found.Add((rows.GetInt32(0), new Instrument(rows.GetString(1), rows.GetString(2))));
        return found;
    }

    /// <summary>The state of one instrument; empty where it was never folded.</summary>
    public async Task<InstrumentState> LoadAsync(int id, Instrument instrument, int partition, CancellationToken cancellation)
    {
        await added.PrepareAsync(id, cancellation).ConfigureAwait(false);
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        // One snapshot: another process may still be writing, and must be noticed by the sequence.
        await using var snapshot = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellation).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection, snapshot);
        batch.BatchCommands.Add(Command("""
            select sequence, newest_trade_time, newest_event_time from market.aggregated_instruments where instrument_id = $1
            """, id));
        batch.BatchCommands.Add(Command("select first_id, last_id from market.aggregated_ranges where instrument_id = $1", id));
        batch.BatchCommands.Add(Command("select interval_s, open_time from market.candle_recomputations where instrument_id = $1", id));
        batch.BatchCommands.Add(Command("select interval_s, since from market.interval_starts where instrument_id = $1", id));
        foreach (var interval in _intervals) batch.BatchCommands.Add(NewestRows(id, interval));
        await using var rows = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var (sequence, newestTradeUs, newestEventUs) = (0L, 0L, 0L);
        if (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            (sequence, newestTradeUs, newestEventUs) = (rows.GetInt64(0), CandleRows.TimeOf(rows, 1), CandleRows.TimeOf(rows, 2));
        await rows.NextResultAsync(cancellation).ConfigureAwait(false);
        var ranges = new List<(long, long)>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) ranges.Add((rows.GetInt64(0), rows.GetInt64(1)));
        var state = new InstrumentState(instrument, id, partition, _intervals, new IdRanges(ranges))
        {
            Sequence = sequence,
            NewestTradeUs = newestTradeUs,
            NewestEventUs = newestEventUs,
        };
        await rows.NextResultAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            state.Awaited.Add((rows.GetInt32(0) * UnixTime.MicrosecondsPerSecond, CandleRows.TimeOf(rows, 1)));
        await rows.NextResultAsync(cancellation).ConfigureAwait(false);
        var sinceUs = new Dictionary<Interval, long>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) sinceUs[CandleRows.IntervalOf(rows.GetInt32(0))] = CandleRows.TimeOf(rows, 1);
        for (var i = 0; i < _intervals.Count; i++)
        {
            await rows.NextResultAsync(cancellation).ConfigureAwait(false);
            state.Newest[i] = new CandleList(instrument, _intervals[i], await CandleRows.ReadAllAsync(rows, cancellation).ConfigureAwait(false))
            {
                SinceUs = sinceUs.GetValueOrDefault(_intervals[i], long.MinValue),
            };
        }
        return state;
    }

    /// <summary>
    /// Older candles from <paramref name="fromUs"/> to <paramref name="toUs"/>, with the one before them, and those after
    /// them up to the next that has trades, but none from <paramref name="beforeUs"/> on.
    /// </summary>
    public async Task<CandleList> LoadStretchAsync(
        InstrumentState state, Interval interval, long fromUs, long toUs, long beforeUs, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand($"""
            select {CandleRows.Columns} from market.candles c
            where c.instrument_id = $1 and c.interval_s = $2 and c.open_time < $5
              and c.open_time >= coalesce((select p.open_time from market.candles p
                  where p.instrument_id = $1 and p.interval_s = $2 and p.open_time < $3 order by p.open_time desc limit 1), $3)
              and c.open_time <= coalesce((select n.open_time from market.candles n
                  where n.instrument_id = $1 and n.interval_s = $2 and n.open_time > $4 and n.trade_count > 0
                  order by n.open_time limit 1), 'infinity')
            order by c.open_time
            """);
        select.Parameters.AddWithValue(state.Id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(fromUs));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(toUs));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(beforeUs));
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return new CandleList(state.Instrument, interval, await CandleRows.ReadAllAsync(rows, cancellation).ConfigureAwait(false));
    }

    /// <summary>Committed candles whose last version is not known to be in <c>crypto.candles</c>.</summary>
    public async Task<IReadOnlyList<Candle>> UnpublishedAsync(int id, Instrument instrument, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand($"""
            select {CandleRows.Columns} from market.candles c
            where c.instrument_id = $1 and c.pending and not c.skipped and c.published_version < c.version order by c.interval_s, c.open_time
            """);
        select.Parameters.AddWithValue(id);
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return [.. (await CandleRows.ReadAllAsync(rows, cancellation).ConfigureAwait(false)).Select(row => row.ToCandle(instrument))];
    }

    /// <summary>
    /// Older candles that may have settled since: open ones, and incomplete ones whose missing ids are known by now.
    /// </summary>
    public async Task<IReadOnlyList<CandleRow>> UnsettledBeforeAsync(
        InstrumentState state, Interval interval, long beforeUs, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand($"""
            select {CandleRows.Columns} from market.candles c
            where c.instrument_id = $1 and c.interval_s = $2 and c.open_time < $3 and (c.skipped or (c.pending and c.state < 2))
            union all
            select {CandleRows.Columns} from market.candles c
            where c.instrument_id = $1 and c.interval_s = $2 and c.open_time < $3 and not c.complete and c.state = 2
              and exists (select from market.aggregated_ranges r where r.instrument_id = c.instrument_id
                  and r.first_id <= coalesce(greatest(c.first_trade_id - 1, 0), c.anchor_id) and r.last_id > c.anchor_id)
            """);
        select.Parameters.AddWithValue(state.Id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(beforeUs));
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await CandleRows.ReadAllAsync(rows, cancellation).ConfigureAwait(false);
    }

    /// <summary>The newest event time that any process has folded, microseconds; 0 before the first.</summary>
    public async Task<long> NewestEventAsync(CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("select max(newest_event_time) from market.aggregated_instruments");
        return await select.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is DateTime time ? UnixTime.ToMicroseconds(time) : 0;
    }

    // As far back as a candle can be open, and one more.
    private NpgsqlBatchCommand NewestRows(int id, Interval interval)
    {
        var command = Command($"""
            select {CandleRows.Columns} from market.candles c
            where c.instrument_id = $1 and c.interval_s = $2 and c.open_time >= coalesce((
                select p.open_time from market.candles p
                where p.instrument_id = $1 and p.interval_s = $2 and p.open_time < (
                    select max(m.open_time) - $3 from market.candles m where m.instrument_id = $1 and m.interval_s = $2)
                order by p.open_time desc limit 1), '-infinity')
            order by c.open_time
            """, id);
        command.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        command.Parameters.AddWithValue(options.AllowedLateness + TimeSpan.FromMicroseconds(2 * interval.LengthUs));
        return command;
    }

    private static NpgsqlBatchCommand Command(string sql, int id)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddWithValue(id);
        return command;
    }
}
