using System.Buffers;
using System.Text;
using Crypto.Aggregation.Analytics.Forecasting;
using Crypto.Aggregation.Analytics.Indicators;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Aggregation.Analytics;

/// <summary>Reads closed candles, and writes what is computed from them. Writing twice changes nothing.</summary>
public sealed class AnalyticsStore(NpgsqlDataSource dataSource)
{
    /// <summary>The first closed candle without indicators of its present version; null where all have them.</summary>
    public async Task<long?> FirstMissingAsync(int id, Interval interval, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select min(c.open_time) from market.candles c
            where c.instrument_id = $1 and c.interval_s = $2 and c.state > 0 and not c.skipped and not exists (
                select from market.indicators i
                where i.instrument_id = $1 and i.interval_s = $2 and i.open_time = c.open_time
                  and i.candle_version >= c.version)
            """);
        select.Parameters.AddWithValue(id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        return await select.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is DateTime time ? UnixTime.ToMicroseconds(time) : null;
    }

    /// <summary>Closed candles from the time on, at most <paramref name="most"/>, with those before that warm indicators up.</summary>
    public async Task<CandleWindow> WindowAsync(
        int id, Instrument instrument, Interval interval, long fromUs, int most, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand($"""
            select * from (
                (select {CandleRows.Columns} from market.candles c
                 where c.instrument_id = $1 and c.interval_s = $2 and c.state > 0 and not c.skipped and c.open_time < $3
                 order by c.open_time desc limit {CandleWindow.WarmUp})
                union all
                (select {CandleRows.Columns} from market.candles c
                 where c.instrument_id = $1 and c.interval_s = $2 and c.state > 0 and not c.skipped and c.open_time >= $3
                 order by c.open_time limit $4)) c
            order by open_time
            """);
        select.Parameters.AddWithValue(id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(fromUs));
        select.Parameters.AddWithValue(most);
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var candles = await CandleRows.ReadAllAsync(rows, cancellation).ConfigureAwait(false);
        return new CandleWindow([.. candles.Select(row => row.ToCandle(instrument))]);
    }

    /// <summary>Writes indicators and anomalies, and for minutes moving averages, of the candles from the index on.</summary>
    /// <param name="id">The instrument.</param>
    /// <param name="interval">Its candles' length.</param>
    /// <param name="window">The candles.</param>
    /// <param name="from">The first that is written.</param>
    /// <param name="seen">What is out of the ordinary in each of them.</param>
    /// <param name="cancellation">Ends the statement.</param>
    public async Task WriteAsync(
        int id, Interval interval, CandleWindow window, int from, IReadOnlyList<IReadOnlyList<Alert>> seen, CancellationToken cancellation)
    {
        var rows = Enumerable.Range(from, window.Candles.Count - from).ToList();
        if (rows.Count == 0) return;
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Indicators(id, interval, window, rows, seen));
        if (interval == Interval.OneMinute) batch.BatchCommands.Add(MovingAverages(id, window, rows));
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes the forecast for the next interval and the score of the method so far.</summary>
    public async Task WriteForecastAsync(
        int id, Interval interval, long openTimeUs, Forecast forecast, ForecastScore score, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Command("""
            insert into market.forecasts (instrument_id, interval_s, open_time, method, volatility, range_low, range_high)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (instrument_id, interval_s, open_time) do update set method = excluded.method,
                volatility = excluded.volatility, range_low = excluded.range_low, range_high = excluded.range_high
            """, id, CandleRows.SecondsOf(interval), UnixTime.ToDateTime(openTimeUs), VolatilityForecast.Method, forecast.Volatility, forecast.Low, forecast.High));
        batch.BatchCommands.Add(Command("""
            insert into market.forecast_scores (instrument_id, interval_s, method, samples, loss, naive_loss, mean_absolute_error,
                naive_mean_absolute_error, band_coverage)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (instrument_id, interval_s) do update set method = excluded.method, samples = excluded.samples,
                loss = excluded.loss, naive_loss = excluded.naive_loss, mean_absolute_error = excluded.mean_absolute_error,
                naive_mean_absolute_error = excluded.naive_mean_absolute_error, band_coverage = excluded.band_coverage, updated_at = now()
            """, id, CandleRows.SecondsOf(interval), VolatilityForecast.Method, score.Samples, score.Loss, score.NaiveLoss,
            score.MeanAbsoluteError, score.NaiveMeanAbsoluteError, score.BandCoverage));
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static NpgsqlBatchCommand Indicators(
        int id, Interval interval, CandleWindow window, List<int> rows, IReadOnlyList<IReadOnlyList<Alert>> seen)
    {
        var command = new NpgsqlBatchCommand($"""
            insert into market.indicators (instrument_id, interval_s, open_time, log_return, rsi_14, macd, macd_signal, macd_histogram,
                bollinger_middle, bollinger_upper, bollinger_lower, atr_14, realised_volatility, candle_version, anomalies, published)
            select {id}, {CandleRows.SecondsOf(interval)}, *, false from unnest($1::timestamptz[], $2::float8[], $3::float8[], $4::float8[],
                $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::bigint[], $13::jsonb[])
            on conflict (instrument_id, interval_s, open_time) do update set
                log_return = excluded.log_return, rsi_14 = excluded.rsi_14, macd = excluded.macd, macd_signal = excluded.macd_signal,
                macd_histogram = excluded.macd_histogram, bollinger_middle = excluded.bollinger_middle,
                bollinger_upper = excluded.bollinger_upper, bollinger_lower = excluded.bollinger_lower, atr_14 = excluded.atr_14,
                realised_volatility = excluded.realised_volatility, candle_version = excluded.candle_version,
                anomalies = excluded.anomalies, published = false
            """);
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, rows, i => UnixTime.ToDateTime(window.Candles[i].OpenTimeUs));
        foreach (var (_, values) in window.Indicators) CandleWriter.AddArray(command, NpgsqlDbType.Double, rows, i => CandleWindow.WarmOrNull(values[i]));
        CandleWriter.AddArray(command, NpgsqlDbType.Bigint, rows, i => window.Candles[i].Version);
        CandleWriter.AddArray(command, NpgsqlDbType.Jsonb, rows, i => JsonOf(seen[i - rows[0]]));
        return command;
    }

    private static NpgsqlBatchCommand MovingAverages(int id, CandleWindow window, List<int> rows)
    {
        var command = new NpgsqlBatchCommand($"""
            insert into market.moving_averages
            select {id}, * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::float8[], $6::float8[],
                $7::float8[], $8::float8[], $9::float8[], $10::float8[], $11::bigint[])
            on conflict (instrument_id, start_time) do update set average = excluded.average, sma_5 = excluded.sma_5,
                sma_15 = excluded.sma_15, sma_60 = excluded.sma_60, ema_5 = excluded.ema_5, ema_15 = excluded.ema_15,
                ema_60 = excluded.ema_60, candle_version = excluded.candle_version
            """);
        CandleWriter.AddArray(command, NpgsqlDbType.Text, rows, i => window.Candles[i].Instrument.Symbol);
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, rows, i => UnixTime.ToDateTime(window.Candles[i].OpenTimeUs));
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, rows, i => UnixTime.ToDateTime(window.Candles[i].CloseTimeUs + 1));
        CandleWriter.AddArray(command, NpgsqlDbType.Numeric, rows, i => window.Candles[i].Vwap ?? window.Candles[i].Close);
        foreach (var period in (int[])[5, 15, 60])
        {
            var simple = Averages.Simple(window.Closes, period);
            CandleWriter.AddArray(command, NpgsqlDbType.Double, rows, i => CandleWindow.WarmOrNull(simple[i]));
        }
        foreach (var period in (int[])[5, 15, 60])
        {
            var exponential = window.Exponential(period);
            CandleWriter.AddArray(command, NpgsqlDbType.Double, rows, i => CandleWindow.WarmOrNull(exponential[i]));
        }
        CandleWriter.AddArray(command, NpgsqlDbType.Bigint, rows, i => window.Candles[i].Version);
        return command;
    }

    private static string JsonOf(IReadOnlyList<Alert> seen)
    {
        if (seen.Count == 0) return "[]";
        var json = new ArrayBufferWriter<byte>(256);
        SignalJson.WriteAnomalies(json, [.. seen.Select(alert => alert.ToAnomaly())]);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return command;
    }
}
