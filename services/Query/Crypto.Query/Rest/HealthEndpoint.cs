using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.Query.Rest;

public static class HealthEndpoint
{
    /// <summary>
    /// <c>GET /alive</c>, and <c>GET /health</c>: <c>{"status":"healthy","market":...,"roles":{...}}</c>, with 503 where a role does not work. Each
    /// registered health check is a role; its description is the reason, its data are given as they are.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="market">
    /// What the market does (<c>live</c>, <c>waiting</c>, <c>running</c>, <c>ended</c>); without it the value <c>market</c> in
    /// the data of any health check, else null.
    /// </param>
    public static IEndpointConventionBuilder MapHealth(this IEndpointRouteBuilder endpoints, Func<string?>? market = null)
    {
        // Nothing is asked: who gets an answer knows that the process lives, whatever its roles do.
        endpoints.MapGet("/alive", () => new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "alive"u8);
            json.WriteEndObject();
        })).WithSummary("Whether the process lives").WithTags("Operation");
        return endpoints.MapGet("/health", async (HealthCheckService checks, HttpContext http) =>
        {
            var report = await checks.CheckHealthAsync(http.RequestAborted);
            http.Response.Headers.CacheControl = "no-store";
            http.Response.StatusCode =
                report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return new JsonAnswer(json => HealthJson.Write(json, report, market?.Invoke()));
        }).WithSummary("Whether every role of this process works").WithTags("Operation");
    }
}
