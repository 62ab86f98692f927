using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Crypto.Query.Metrics;

public static class MetricEndpoint
{
    /// <summary>Collects the process's metrics from now on. Call it early: what is counted before is not seen.</summary>
    public static IServiceCollection AddPrometheusMetrics(this IServiceCollection services)
    {
        services.TryAddSingleton(new MetricCollector());
        return services;
    }

    /// <summary>
    /// <c>GET /metrics</c> in Prometheus' text format, or OpenMetrics where the client accepts that. Needs
    /// <see cref="AddPrometheusMetrics"/>; a second call changes nothing.
    /// </summary>
    public static IEndpointRouteBuilder MapPrometheusMetrics(this IEndpointRouteBuilder endpoints)
    {
        const string Path = "/metrics";
        if (endpoints.DataSources.SelectMany(s => s.Endpoints).Any(e => e.DisplayName == Path)) return endpoints;
        var collector = endpoints.ServiceProvider.GetRequiredService<MetricCollector>();
        endpoints.MapGet(Path, (HttpContext http) =>
        {
            var openMetrics = http.Request.Headers.Accept.ToString().Contains("application/openmetrics-text", StringComparison.Ordinal);
            return Results.Text(
                MetricText.Write(collector, openMetrics), openMetrics ? MetricText.OpenMetrics : MetricText.Prometheus);
        }).WithDisplayName(Path).WithSummary("The process's metrics for Prometheus").WithTags("Operation");
        return endpoints;
    }
}
