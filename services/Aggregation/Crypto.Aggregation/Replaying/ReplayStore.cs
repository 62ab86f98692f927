using System.Buffers;
using System.Text;
using System.Text.Json;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Series;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Aggregation.Replaying;

/// <summary>Reads the live candles and signals, and writes what a replay made into a schema of its own.</summary>
public sealed class ReplayStore(NpgsqlDataSource dataSource)
{
    private readonly SignalStore _signals = new(dataSource);

    /// <summary>Live candles that open from the one time to before the other, oldest first.</summary>
    public Task<List<CandleRow>> RowsAsync(int id, Interval interval, long fromUs, long toUs, CancellationToken cancellation) =>
        ReadAsync("c.open_time >= $3 and c.open_time < $4 order by c.open_time", id, interval, cancellation, fromUs, toUs);

    /// <summary>The newest live candles that open before the time, oldest first.</summary>
    public async Task<List<CandleRow>> RowsBeforeAsync(int id, Interval interval, long beforeUs, int most, CancellationToken cancellation)
    {
        var rows = await ReadAsync($"c.open_time < $3 order by c.open_time desc limit {most}", id, interval, cancellation, beforeUs)
            .ConfigureAwait(false);
        rows.Reverse();
        return rows;
    }

    /// <summary>Whether there are live candles without a trade.</summary>
    public async Task<bool> HasFlatsAsync(int id, Interval interval, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand(
            "select exists (select from market.candles where instrument_id = $1 and interval_s = $2 and trade_count = 0)");
        select.Parameters.AddWithValue(id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        return await select.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is true;
    }

    /// <summary>What was computed live from the present versions of such candles.</summary>
    public Task<List<Signal>> SignalsAsync(
        int id, Instrument instrument, Interval interval, long fromUs, long toUs, CancellationToken cancellation) =>
        _signals.BetweenAsync(id, instrument, interval, fromUs, toUs, cancellation);

    /// <summary>Intervals that there are candles of, shortest first.</summary>
    public async Task<IReadOnlyList<Interval>> IntervalsAsync(CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("select distinct interval_s from market.candles order by 1");
        var intervals = new List<Interval>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) intervals.Add(CandleRows.IntervalOf(rows.GetInt32(0)));
        return intervals;
    }

    /// <summary>
    /// Writes candles, signals and alerts into the tables of that name in the schema, which are made where they are missing;
    /// what a former replay wrote there is replaced. Never the live schema.
    /// </summary>
    public async Task WriteAsync(string schema, int id, ReplayResult result, CancellationToken cancellation)
    {
        if (schema is "" or "market" or "public" || !schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            throw new ArgumentException($"'{schema}' is no schema for a replay: use lower-case letters, digits and _, and not market", nameof(schema));
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using (var create = new NpgsqlCommand($"""
            create schema if not exists "{schema}";
            create table if not exists "{schema}".candles (instrument_id integer, interval_s integer, open_time timestamptz,
                canonical text not null, primary key (instrument_id, interval_s, open_time));
            create table if not exists "{schema}".signals (instrument_id integer, interval_s integer, open_time timestamptz,
                signal jsonb not null, primary key (instrument_id, interval_s, open_time));
            create table if not exists "{schema}".alerts (instrument_id integer, sighting text primary key, kind text not null,
                severity text not null, message text not null, evidence jsonb not null, market_time timestamptz not null);
            """, connection, transaction))
            await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Candles(schema, id, result));
        batch.BatchCommands.Add(Signals(schema, id, result));
        batch.BatchCommands.Add(Alerts(schema, id, result));
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<List<CandleRow>> ReadAsync(
        string where, int id, Interval interval, CancellationToken cancellation, params long[] timesUs)
    {
        await using var select = dataSource.CreateCommand(
            $"select {CandleRows.Columns} from market.candles c where c.instrument_id = $1 and c.interval_s = $2 and {where}");
        select.Parameters.AddWithValue(id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        foreach (var timeUs in timesUs) select.Parameters.AddWithValue(UnixTime.ToDateTime(timeUs));
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return await CandleRows.ReadAllAsync(rows, cancellation).ConfigureAwait(false);
    }

    private static NpgsqlBatchCommand Candles(string schema, int id, ReplayResult result)
    {
        var command = new NpgsqlBatchCommand($"""
            insert into "{schema}".candles select {id}, * from unnest($1::int[], $2::timestamptz[], $3::text[])
            on conflict (instrument_id, interval_s, open_time) do update set canonical = excluded.canonical
            """);
        CandleWriter.AddArray(command, NpgsqlDbType.Integer, result.Candles, c => CandleRows.SecondsOf(c.Interval));
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, result.Candles, c => UnixTime.ToDateTime(c.OpenTimeUs));
        CandleWriter.AddArray(command, NpgsqlDbType.Text, result.Candles, CanonicalCandle.LineOf);
        return command;
    }

    private static NpgsqlBatchCommand Signals(string schema, int id, ReplayResult result)
    {
        var command = new NpgsqlBatchCommand($"""
            insert into "{schema}".signals select {id}, * from unnest($1::int[], $2::timestamptz[], $3::jsonb[])
            on conflict (instrument_id, interval_s, open_time) do update set signal = excluded.signal
            """);
        CandleWriter.AddArray(command, NpgsqlDbType.Integer, result.Signals, s => CandleRows.SecondsOf(s.Interval));
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, result.Signals, s => UnixTime.ToDateTime(s.OpenTimeUs));
        CandleWriter.AddArray(command, NpgsqlDbType.Jsonb, result.Signals, s =>
        {
            var json = new ArrayBufferWriter<byte>(1024);
            SignalJson.Write(json, s);
            return Encoding.UTF8.GetString(json.WrittenSpan);
        });
        return command;
    }

    private static NpgsqlBatchCommand Alerts(string schema, int id, ReplayResult result)
    {
        var command = new NpgsqlBatchCommand($"""
            insert into "{schema}".alerts
            select {id}, * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::timestamptz[])
            on conflict (sighting) do update set severity = excluded.severity, message = excluded.message, evidence = excluded.evidence
            """);
        CandleWriter.AddArray(command, NpgsqlDbType.Text, result.Alerts, a => a.Sighting);
        CandleWriter.AddArray(command, NpgsqlDbType.Text, result.Alerts, a => a.Kind);
        CandleWriter.AddArray(command, NpgsqlDbType.Text, result.Alerts, a => Alert.NameOf(a.Severity));
        CandleWriter.AddArray(command, NpgsqlDbType.Text, result.Alerts, a => a.Message);
        CandleWriter.AddArray(command, NpgsqlDbType.Jsonb, result.Alerts, a => JsonSerializer.Serialize(a.Evidence));
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, result.Alerts, a => UnixTime.ToDateTime(a.MarketTimeUs));
        return command;
    }
}
