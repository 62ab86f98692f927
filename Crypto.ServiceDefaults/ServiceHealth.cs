using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.ServiceDefaults;

internal static class ServiceHealth
{
    public const string HealthPath = "/health";
    public const string AlivePath = "/alive";

    public static void MapServiceHealth(this IEndpointRouteBuilder app)
    {
        // The self check says nothing that an answer does not say.
        app.MapHealthChecks(HealthPath, new HealthCheckOptions
        {
            Predicate = check => !check.Tags.Contains(ServiceDefaults.LiveTag),
            ResponseWriter = WriteAsync,
        });
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(ServiceDefaults.LiveTag) });
    }

    // The shape of the standalone host's /health.
    private static async Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", Lower(report.Status));
        json.WriteStartObject("roles");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", Lower(entry.Status));
            if (entry.Description is { } reason) json.WriteString("reason", reason);
            foreach (var (key, value) in entry.Data)
            {
                json.WritePropertyName(key);
                JsonSerializer.Serialize(json, value, value.GetType());
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Lower(HealthStatus status) => status.ToString().ToLowerInvariant();
}
