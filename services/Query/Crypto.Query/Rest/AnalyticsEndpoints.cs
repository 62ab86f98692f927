using System.Globalization;
using System.Text.Json;
using Crypto.Query.Data;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary><c>/analytics</c>, <c>/alerts</c> and <c>/reconciliation</c>.</summary>
internal sealed class AnalyticsEndpoints(MarketCatalog catalog, AnalyticsQueries queries)
{
    public async Task<IResult> AnalyticsAsync(string symbol, string? interval, string? limit, CancellationToken cancellation)
    {
        var length = Parameters.Interval(interval);
        var count = Parameters.Limit(limit);
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var indicators = await queries.IndicatorsAsync(instrument, length, count, cancellation);
        var averages = await queries.AveragesAsync(instrument, count, cancellation);
        var forecast = await queries.ForecastAsync(instrument, length, cancellation);
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("symbol", instrument.Name);
            json.WriteString("interval", length.Name);
            json.WriteRow("indicators", indicators);
            json.WriteRow("movingAverages", averages);
            json.WriteRow("forecast", forecast);
            json.WriteEndObject();
        })
        { Export = Export.Analytics };
    }

    /// <summary>The newest alerts, newest first; <c>before</c> is an alert's id.</summary>
    public async Task<IResult> AlertsAsync(string? symbol, string? limit, string? before, CancellationToken cancellation)
    {
        var count = Parameters.Limit(limit);
        var below = Parameters.Id("before", before) ?? long.MaxValue;
        var instrument = string.IsNullOrEmpty(symbol) ? null : await catalog.ResolveAsync(symbol, cancellation);
        var alerts = await queries.AlertsAsync(instrument, below, count, cancellation);
        var next = alerts.Count < count ? null
            : $"/alerts?limit={count}&before={alerts[^1].Id}{(instrument is null ? "" : "&symbol=" + Uri.EscapeDataString(instrument.Name))}";
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("alerts");
            foreach (var alert in alerts) WriteAlert(json, alert);
            json.WriteEndArray();
            json.WriteEndObject();
        })
        { Next = next, Export = Export.Alerts };
    }

    public async Task<IResult> ReconciliationAsync(string symbol, CancellationToken cancellation)
    {
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var rows = await queries.ReconciliationsAsync(instrument, cancellation);
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("symbol", instrument.Name);
            json.WriteStartArray("intervals");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteString("interval", row.Interval);
                json.WriteRow("fromTime", row.FromTime);
                json.WriteRow("toTime", row.ToTime);
                json.WriteNumber("compared", row.Compared);
                json.WriteNumber("equal", row.Equal);
                json.WriteNumber("notCovered", row.NotCovered);
                json.WriteNumber("score", row.Score);
                json.WritePropertyName("differences");
                json.WriteRawValue(row.Differences);
                json.WriteRow("checkedAt", row.CheckedAt);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        })
        { Export = Export.Reconciliation };
    }

    /// <summary>An alert; its id is a string, since it only names it.</summary>
    public static void WriteAlert(Utf8JsonWriter json, AlertRow alert)
    {
        json.WriteStartObject();
        json.WriteString("id", alert.Id.ToString(CultureInfo.InvariantCulture));
        json.WriteString("symbol", alert.Symbol);
        json.WriteString("kind", alert.Kind);
        json.WriteString("severity", alert.Severity);
        json.WriteString("message", alert.Message);
        json.WriteRow("time", alert.Time);
        json.WriteRow("raisedAt", alert.RaisedAt);
        json.WritePropertyName("evidence");
        json.WriteRawValue(alert.Evidence);
        json.WriteEndObject();
    }
}
