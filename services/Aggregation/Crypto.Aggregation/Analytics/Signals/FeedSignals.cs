using System.Globalization;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>What is seen in the feed as a whole: silence, gaps, and a price that another source does not know.</summary>
public sealed class FeedSignals(NpgsqlDataSource dataSource, AggregationOptions options)
{
    /// <summary>A symbol that has not traded for too long.</summary>
    public Alert? Stale(Instrument instrument, long newestTradeUs, long marketUs)
    {
        var silentUs = marketUs - newestTradeUs;
        if (newestTradeUs == 0 || silentUs < (long)options.Alerts.StaleAfter.TotalMicroseconds) return null;
        var seconds = silentUs / UnixTime.MicrosecondsPerSecond;
        return new Alert(instrument, "stale-feed", AlertSeverity.Critical, $"{instrument.Symbol}: no trade for {seconds} s",
            new Dictionary<string, object?> { ["newestTrade"] = UnixTime.ToRfc3339(newestTradeUs), ["silentSeconds"] = seconds },
            marketUs, $"stale-feed:{instrument.Key}:{newestTradeUs}");
    }

    /// <summary>Gaps that are open or were refused; each state of a gap is one sighting.</summary>
    public async Task<List<Alert>> GapsAsync(int id, Instrument instrument, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select g.gap_id, g.first_id, g.last_id, g.state, g.reason, g.detected_at from market.coverage_gaps g
            where g.instrument_id = $1 and g.state in ('open', 'refused') and not exists (
                select from market.alerts a where a.sighting = 'gap:' || g.gap_id || ':' || g.state)
            order by g.gap_id limit 20
            """);
        select.Parameters.AddWithValue(id);
        var alerts = new List<Alert>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var (first, last, state) = (rows.GetInt64(1), rows.GetInt64(2), rows.GetString(3));
            alerts.Add(new Alert(instrument, "gap", state == "open" ? AlertSeverity.Warning : AlertSeverity.Critical,
                $"{instrument.Symbol}: trades {first} to {last} are missing ({state}: {rows.GetString(4)})",
                new Dictionary<string, object?> { ["firstId"] = first, ["lastId"] = last, ["state"] = state },
                UnixTime.ToMicroseconds(rows.GetDateTime(5)), $"gap:{rows.GetInt64(0)}:{state}"));
        }
        return alerts;
    }

    /// <summary>The last close beside CoinGecko's price of the same coin and nearly the same time.</summary>
    public async Task<Alert?> DivergenceAsync(Instrument instrument, Candle candle, CancellationToken cancellation)
    {
        if (!instrument.Symbol.EndsWith("USDT", StringComparison.Ordinal)) return null;
        await using var select = dataSource.CreateCommand("""
            select current_price::float8, trim_scale(current_price)::text from market.coin_prices
            where symbol = $1 and vs_currency = 'usd' and current_price > 0 and ts_event between $2 and $3
            order by market_cap_rank nulls last, ts_event desc limit 1
            """);
        select.Parameters.AddWithValue(instrument.Symbol[..^4].ToLowerInvariant());
        select.Parameters.AddWithValue(UnixTime.ToDateTime(candle.OpenTimeUs).AddMinutes(-10));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(candle.CloseTimeUs).AddMinutes(1));
        await using var row = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (!await row.ReadAsync(cancellation).ConfigureAwait(false)) return null;
        var (theirs, ours) = (row.GetDouble(0), (double)candle.Close);
        var difference = (ours / theirs) - 1;
        if (Math.Abs(difference) < options.Alerts.Divergence) return null;
        return new Alert(instrument, "divergence", AlertSeverity.Warning,
            string.Create(CultureInfo.InvariantCulture,
                $"{instrument.Symbol}: trades at {PlainText.Of(candle.Close)}, CoinGecko says {row.GetString(1)} ({difference:+0.0%;-0.0%})"),
            new Dictionary<string, object?> { ["close"] = ours, ["coingecko"] = theirs, ["difference"] = difference },
            candle.OpenTimeUs, $"divergence:{candle.Key}:{candle.OpenTimeUs}");
    }
}
