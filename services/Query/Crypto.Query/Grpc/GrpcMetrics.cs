using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Crypto.Query.Grpc;

/// <summary>Counts and times of gRPC calls, by method and status; names follow OpenTelemetry's conventions for RPC.</summary>
internal sealed class GrpcMetrics(Meter meter)
{
    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(
        "rpc.server.duration", "s", "Duration of gRPC calls.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10] });

    private readonly UpDownCounter<long> _active = meter.CreateUpDownCounter<long>(
        "rpc.server.active_calls", "{call}", "gRPC calls under way.");

    public long Start()
    {
        _active.Add(1);
        return Stopwatch.GetTimestamp();
    }

    public void Finish(string method, GrpcStatus status, long started)
    {
        _active.Add(-1);
        if (!_duration.Enabled) return;
        _duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds,
            new KeyValuePair<string, object?>("rpc.method", method),
            new KeyValuePair<string, object?>("rpc.grpc.status_code", (int)status));
    }
}
