using Crypto.Contracts;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Reads what the aggregation computes from its candles.</summary>
public sealed class AnalyticsQueries(NpgsqlDataSource dataSource)
{
    private const string AlertColumns = "alert_id, symbol, kind, severity, message, evidence::text, market_time, raised_at";

    /// <summary>Indicators of the newest candles, oldest first.</summary>
    public Task<List<IndicatorRow>> IndicatorsAsync(KnownInstrument instrument, Interval interval, int limit, CancellationToken cancellation) =>
        dataSource.ListAsync(
            """
            select * from (
                select open_time, log_return, rsi_14, macd, macd_signal, macd_histogram, bollinger_middle, bollinger_upper, bollinger_lower,
                       atr_14, realised_volatility
                from market.indicators where instrument_id = $1 and interval_s = $2 order by open_time desc limit $3) newest
            order by open_time
            """,
            r => new IndicatorRow(r.GetDateTime(0), r.Double(1), r.Double(2), r.Double(3), r.Double(4), r.Double(5), r.Double(6), r.Double(7),
                r.Double(8), r.Double(9), r.Double(10)), [instrument.Id, Seconds(interval), limit], cancellation);

    /// <summary>Averages of the newest minutes, oldest first.</summary>
    public Task<List<AverageRow>> AveragesAsync(KnownInstrument instrument, int limit, CancellationToken cancellation) => dataSource.ListAsync(
        """
        select * from (
            select start_time, end_time, average, sma_5, sma_15, sma_60, ema_5, ema_15, ema_60
            from market.moving_averages where instrument_id = $1 order by start_time desc limit $2) newest
        order by start_time
        """,
        r => new AverageRow(r.GetDateTime(0), r.GetDateTime(1), r.GetDecimal(2), r.Double(3), r.Double(4), r.Double(5), r.Double(6),
            r.Double(7), r.Double(8)), [instrument.Id, limit], cancellation);

    /// <summary>The newest forecast with the score of its method, or null.</summary>
    public async Task<ForecastRow?> ForecastAsync(KnownInstrument instrument, Interval interval, CancellationToken cancellation) =>
        (await dataSource.ListAsync(
            """
            select f.open_time, method, f.volatility, f.range_low, f.range_high, s.samples, s.loss, s.naive_loss, s.mean_absolute_error,
                   s.naive_mean_absolute_error, s.band_coverage, s.updated_at
            from market.forecasts f left join market.forecast_scores s using (instrument_id, interval_s, method)
            where instrument_id = $1 and interval_s = $2 order by f.open_time desc limit 1
            """,
            r => new ForecastRow(r.GetDateTime(0), r.GetString(1), r.GetDouble(2), r.GetDouble(3), r.GetDouble(4), r.IsDBNull(5) ? null
                : new ForecastScoreRow(r.GetInt32(5), r.GetDouble(6), r.GetDouble(7), r.GetDouble(8), r.GetDouble(9), r.GetDouble(10), r.GetDateTime(11))),
            [instrument.Id, Seconds(interval)], cancellation)).FirstOrDefault();

    /// <summary>The newest alerts with an id below <paramref name="before"/>, newest first; of one instrument where it is given.</summary>
    public Task<List<AlertRow>> AlertsAsync(KnownInstrument? instrument, long before, int limit, CancellationToken cancellation) =>
        dataSource.ListAsync(
            $"select {AlertColumns} from market.alerts where alert_id < $1 and ($2 = 0 or instrument_id = $2) order by alert_id desc limit $3",
            ReadAlert, [before, instrument?.Id ?? 0, limit], cancellation);

    /// <summary>The alerts above <paramref name="id"/>, in their order.</summary>
    public Task<List<AlertRow>> AlertsAfterAsync(KnownInstrument? instrument, long id, int limit, CancellationToken cancellation) =>
        dataSource.ListAsync(
            $"select {AlertColumns} from market.alerts where alert_id > $1 and ($2 = 0 or instrument_id = $2) order by alert_id limit $3",
            ReadAlert, [id, instrument?.Id ?? 0, limit], cancellation);

    /// <summary>The newest comparison of each candle length.</summary>
    public Task<List<ReconciliationRow>> ReconciliationsAsync(KnownInstrument instrument, CancellationToken cancellation) =>
        dataSource.ListAsync(
            """
            select interval_s, from_time, to_time, compared, equal, not_covered, score, differences::text, checked_at
            from market.reconciliations where instrument_id = $1 order by interval_s
            """,
            r => new ReconciliationRow(NameOf(r.GetInt32(0)), r.GetDateTime(1), r.GetDateTime(2), r.GetInt32(3), r.GetInt32(4), r.GetInt32(5),
                r.GetDouble(6), r.GetString(7), r.GetDateTime(8)), [instrument.Id], cancellation);

    private static AlertRow ReadAlert(NpgsqlDataReader r) => new(
        r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetDateTime(6), r.GetDateTime(7));

    private static int Seconds(Interval interval) => (int)(interval.LengthUs / UnixTime.MicrosecondsPerSecond);

    private static string NameOf(int seconds) =>
        Interval.All.FirstOrDefault(i => Seconds(i) == seconds).Name ?? $"{seconds}s";
}
