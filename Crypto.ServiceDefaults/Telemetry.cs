using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Crypto.ServiceDefaults;

/// <summary>
/// OpenTelemetry: logs, metrics and traces go to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> where it is set (the Aspire dashboard sets
/// it), metrics also to <c>Telemetry:PrometheusUrl</c>.
/// </summary>
internal static class Telemetry
{
    // Sources and meters are named as the projects are.
    private const string Ours = "Crypto.*";
    private const string MassTransit = "MassTransit";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var export = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var prometheus = builder.Configuration["Telemetry:PrometheusUrl"];
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
            if (export) logging.AddOtlpExporter();
        });
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Ours, MassTransit)
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation();
                if (export) metrics.AddOtlpExporter();
                if (!string.IsNullOrWhiteSpace(prometheus)) metrics.AddOtlpExporter("prometheus", (exporter, reader) => To(prometheus, exporter, reader));
            })
            .WithTracing(tracing =>
            {
                tracing.AddSource(Ours, MassTransit)
                    .SetSampler(new ParentBasedSampler(new MarketSampler()))
                    .AddAspNetCoreInstrumentation(http => http.Filter = context => !IsProbe(context.Request.Path))
                    .AddHttpClientInstrumentation();
                if (export) tracing.AddOtlpExporter();
            });
    }

    private static bool IsProbe(Microsoft.AspNetCore.Http.PathString path) =>
        path.StartsWithSegments(ServiceHealth.HealthPath) || path.StartsWithSegments(ServiceHealth.AlivePath);

    // Prometheus receives OTLP itself, over HTTP only, and wants sums to count from the start.
    private static void To(string url, OtlpExporterOptions exporter, MetricReaderOptions reader)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(new Uri(url), "/api/v1/otlp/v1/metrics");
        reader.TemporalityPreference = MetricReaderTemporalityPreference.Cumulative;
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 5_000;
    }
}
