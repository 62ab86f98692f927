using System.Text.Json;
using Crypto.Contracts;
using Crypto.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>A stored alert on its way out.</summary>
public sealed record StoredAlert(long Id, string Key, string Symbol, string Kind, string Severity, string Message, string Evidence, DateTime MarketTime);

/// <summary>Alerts, each sighting once, and of one kind and instrument not more than one per cool-down.</summary>
public sealed class AlertStore(NpgsqlDataSource dataSource, InstrumentStore instruments)
{
    /// <summary>Stores the alert unless it was told already. True where it is new.</summary>
    public async Task<bool> RaiseAsync(Alert alert, TimeSpan coolDown, CancellationToken cancellation)
    {
        var id = await instruments.GetOrCreateAsync(alert.Instrument, cancellation).ConfigureAwait(false);
        await using var insert = dataSource.CreateCommand("""
            insert into market.alerts (instrument_id, symbol, kind, severity, message, evidence, market_time, sighting)
            select $1, $2, $3, $4, $5, $6, $7, $8
            where not exists (
                select from market.alerts a where a.instrument_id = $1 and a.kind = $3
                  and (a.severity = 'critical' or $4 <> 'critical')
                  and a.market_time > $7 - $9 and a.market_time <= $7 + $9)
            on conflict (sighting) do nothing
            """);
        insert.Parameters.AddWithValue(id);
        insert.Parameters.AddWithValue(alert.Instrument.Symbol);
        insert.Parameters.AddWithValue(alert.Kind);
        insert.Parameters.AddWithValue(Alert.NameOf(alert.Severity));
        insert.Parameters.AddWithValue(alert.Message);
        insert.Parameters.Add(new NpgsqlParameter { Value = JsonSerializer.Serialize(alert.Evidence), NpgsqlDbType = NpgsqlDbType.Jsonb });
        insert.Parameters.AddWithValue(UnixTime.ToDateTime(alert.MarketTimeUs));
        insert.Parameters.AddWithValue(alert.Sighting);
        insert.Parameters.AddWithValue(coolDown);
        return await insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 1;
    }

    /// <summary>Alerts that are not known to be in <c>crypto.alerts</c>, oldest first.</summary>
    public async Task<List<StoredAlert>> UnpublishedAsync(CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select a.alert_id, coalesce(i.venue || ':' || i.symbol, a.symbol), a.symbol, a.kind, a.severity, a.message, a.evidence::text, a.market_time
            from market.alerts a left join market.instruments i using (instrument_id)
            where not a.published order by a.alert_id limit 100
            """);
        var alerts = new List<StoredAlert>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            alerts.Add(new StoredAlert(rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4),
                rows.GetString(5), rows.GetString(6), rows.GetDateTime(7)));
        return alerts;
    }

    /// <summary>Marks the alert as published. False where another process did.</summary>
    public async Task<bool> MarkAsync(long id, CancellationToken cancellation)
    {
        await using var update = dataSource.CreateCommand("update market.alerts set published = true where alert_id = $1 and not published");
        update.Parameters.AddWithValue(id);
        return await update.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 1;
    }
}
