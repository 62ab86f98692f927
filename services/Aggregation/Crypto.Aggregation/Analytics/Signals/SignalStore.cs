using System.Text;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>The rows of <c>market.indicators</c> on their way to <c>crypto.signals</c>.</summary>
public sealed class SignalStore(NpgsqlDataSource dataSource)
{
    private const int MostAtOnce = 2_000;

    private const string Columns = """
        i.interval_s, i.open_time, i.candle_version, i.anomalies::text, i.log_return, i.rsi_14, i.macd, i.macd_signal, i.macd_histogram,
        i.bollinger_middle, i.bollinger_upper, i.bollinger_lower, i.atr_14, i.realised_volatility
        """;

    private static readonly string[] Names = [.. new CandleWindow([]).Indicators.Select(indicator => indicator.Name)];

    /// <summary>Signals that are not known to be in the topic, oldest candles first.</summary>
    public async Task<List<Signal>> UnpublishedAsync(int id, Instrument instrument, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand($"""
            select {Columns} from market.indicators i
            where i.instrument_id = $1 and not i.published order by i.interval_s, i.open_time limit {MostAtOnce}
            """);
        select.Parameters.AddWithValue(id);
        return await ReadAsync(select, instrument, cancellation).ConfigureAwait(false);
    }

    /// <summary>Signals of the present versions of candles that open from the one time to before the other, oldest first.</summary>
    public async Task<List<Signal>> BetweenAsync(
        int id, Instrument instrument, Interval interval, long fromUs, long toUs, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand($"""
            select {Columns} from market.indicators i join market.candles c using (instrument_id, interval_s, open_time)
            where instrument_id = $1 and interval_s = $2 and open_time >= $3 and open_time < $4 and i.candle_version = c.version
            order by open_time
            """);
        select.Parameters.AddWithValue(id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(fromUs));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(toUs));
        return await ReadAsync(select, instrument, cancellation).ConfigureAwait(false);
    }

    /// <summary>Marks the signals as published, but for those that were computed anew since.</summary>
    public async Task MarkAsync(int id, IReadOnlyList<Signal> signals, CancellationToken cancellation)
    {
        await using var update = dataSource.CreateCommand("""
            update market.indicators i set published = true from unnest($2, $3, $4) as d (seconds, open_time, version)
            where i.instrument_id = $1 and i.interval_s = d.seconds and i.open_time = d.open_time and i.candle_version = d.version
            """);
        update.Parameters.AddWithValue(id);
        update.Parameters.AddWithValue(signals.Select(s => CandleRows.SecondsOf(s.Interval)).ToArray());
        update.Parameters.AddWithValue(signals.Select(s => UnixTime.ToDateTime(s.OpenTimeUs)).ToArray());
        update.Parameters.AddWithValue(signals.Select(s => s.CandleVersion).ToArray());
        await update.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task<List<Signal>> ReadAsync(NpgsqlCommand select, Instrument instrument, CancellationToken cancellation)
    {
        var signals = new List<Signal>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            signals.Add(new Signal(instrument, CandleRows.IntervalOf(rows.GetInt32(0)), CandleRows.TimeOf(rows, 1), rows.GetInt64(2),
                [.. Names.Select((name, i) => KeyValuePair.Create(name, rows.IsDBNull(4 + i) ? (double?)null : rows.GetDouble(4 + i)))],
                SignalJson.ReadAnomalies(Encoding.UTF8.GetBytes(rows.GetString(3)))));
        }
        return signals;
    }
}
