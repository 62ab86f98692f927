using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.Query.Rest;

/// <summary>The body of <c>/health</c>.</summary>
internal static class HealthJson
{
    private const string Market = "market";

    public static void Write(Utf8JsonWriter json, HealthReport report, string? market)
    {
        json.WriteStartObject();
        json.WriteString("status"u8, NameOf(report.Status));
        json.WriteString("market"u8, market ?? MarketOf(report));
        json.WriteStartObject("roles"u8);
        foreach (var (role, entry) in report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal)) WriteRole(json, role, entry);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteRole(Utf8JsonWriter json, string role, HealthReportEntry entry)
    {
        json.WriteStartObject(role);
        json.WriteString("status"u8, NameOf(entry.Status));
        if ((entry.Description ?? entry.Exception?.Message) is { } reason) json.WriteString("reason"u8, reason);
        foreach (var (name, value) in entry.Data)
        {
            if (name is Market or "status" or "reason") continue;
            json.WritePropertyName(name);
            WriteValue(json, value);
        }
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case IEnumerable<KeyValuePair<string, string>> named:
                json.WriteStartObject();
                foreach (var (name, text) in named) json.WriteString(name, text);
                json.WriteEndObject();
                break;
            default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static string? MarketOf(HealthReport report) => report.Entries.Values
        .Select(e => e.Data.TryGetValue(Market, out var value) ? value?.ToString() : null).FirstOrDefault(v => v is not null);

    private static string NameOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
