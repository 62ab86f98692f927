using Crypto.Standalone.Commands;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Crypto.Standalone.Hosting;

/// <summary>
/// Traces, metrics and logs over OTLP: to the dashboard, or to whom <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names. Each role
/// appears as a service of its own, as it would in the Aspire solution, though all of them may live in this process.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private const string Host = "host";

    // Of the role query, the web server's own figures too.
    private static readonly (Roles Role, string Service, string[] Sources, string[] Meters)[] Services =
    [
        (Roles.Ingestion, "ingestion", ["Crypto.Ingestion"], []),
        (Roles.Storage, "storage", ["Crypto.Storage"], ["Crypto.Kafka"]),
        (Roles.Aggregation, "aggregation", ["Crypto.Aggregation"], []),
        (Roles.Query, "query", ["Crypto.Query"], ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"]),
        (Roles.Kafka, "kafka", ["Crypto.EmbeddedKafka"], []),
        (Roles.Market, "market", ["Crypto.MarketReplay"], []),
        (Roles.Postgres, "postgres", ["Crypto.Postgres"], []),
        // What belongs to no role: the process and its runtime.
        (Roles.All, Host, ["Crypto.Standalone"], ["System.Runtime"]),
    ];

    private readonly Uri? _collector;
    private readonly List<IDisposable> _providers = [];
    private readonly List<RoleLogs.Service> _logs = [];

    private Telemetry(Uri? collector) => _collector = collector;

    /// <summary>Starts exporting, or does nothing where nobody listens.</summary>
    /// <param name="options">Whose roles this process has.</param>
    /// <param name="collector">The address of an OTLP/gRPC receiver; without it the environment decides.</param>
    public static Telemetry Start(UpOptions options, Uri? collector)
    {
        var telemetry = new Telemetry(collector);
        if (collector is null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"))) return telemetry;
        foreach (var (role, service, sources, meters) in Services)
            if (options.Has(role)) telemetry.Add(service, sources, meters);
        return telemetry;
    }

    /// <summary>Sends what is logged through this builder, each line as its role's.</summary>
    public void AddLogs(ILoggingBuilder logging)
    {
        if (_logs.Count > 0) logging.AddProvider(new RoleLogs(_logs));
    }

    public void Dispose()
    {
        foreach (var provider in _providers) provider.Dispose();
    }

    private void Add(string service, string[] sources, string[] meters)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(service, serviceNamespace: "crypto");
        _providers.Add(Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            // The frame decides (see Ingestion:TraceOneIn); everything after it follows.
            .SetSampler(new ParentBasedSampler(new AlwaysOnSampler()))
            .AddSource(sources)
            .AddOtlpExporter(Address)
            .Build());
        _providers.Add(Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter([.. sources, .. meters])
            .AddOtlpExporter((exporter, reader) =>
            {
                Address(exporter);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 10_000;
            })
            .Build());
        var loggers = LoggerFactory.Create(logging => logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(resource).AddOtlpExporter(Address);
        }));
        _providers.Add(loggers);
        _logs.Add(new RoleLogs.Service(service == Host ? "" : sources[0], loggers));
    }

    private void Address(OtlpExporterOptions exporter)
    {
        if (_collector is null) return;
        exporter.Endpoint = _collector;
        exporter.Protocol = OtlpExportProtocol.Grpc;
    }
}
