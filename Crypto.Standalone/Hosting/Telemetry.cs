using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Crypto.Standalone.Hosting;

/// <summary>
/// Traces and metrics over OTLP, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says to whom. Each role appears as a service of
/// its own, as it would in the Aspire solution, though all of them may live in this process.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private static readonly (string Service, string[] Sources)[] Services =
    [
        ("ingestion", ["Crypto.Ingestion"]),
        ("storage", ["Crypto.Storage", "Crypto.Kafka"]),
        ("aggregation", ["Crypto.Aggregation"]),
        ("query", ["Crypto.Query"]),
        ("kafka", ["Crypto.EmbeddedKafka"]),
        ("market", ["Crypto.MarketReplay"]),
    ];

    private readonly List<IDisposable> _providers = [];

    /// <summary>Starts exporting, or does nothing where no endpoint is configured.</summary>
    public static Telemetry Start()
    {
        var telemetry = new Telemetry();
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"))) return telemetry;
        foreach (var (service, sources) in Services)
        {
            var resource = ResourceBuilder.CreateDefault().AddService(service, serviceNamespace: "crypto");
            telemetry._providers.Add(Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                // The frame decides (see Ingestion:TraceOneIn); everything after it follows.
                .SetSampler(new ParentBasedSampler(new AlwaysOnSampler()))
                .AddSource(sources)
                .AddOtlpExporter()
                .Build());
            telemetry._providers.Add(Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(sources)
                .AddOtlpExporter((OtlpExporterOptions _, MetricReaderOptions reader) =>
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 10_000)
                .Build());
        }
        return telemetry;
    }

    public void Dispose()
    {
        foreach (var provider in _providers) provider.Dispose();
    }
}
