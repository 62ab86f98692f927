using System.Runtime.CompilerServices;
using Crypto.Rpc.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Crypto.Rpc.Health.HealthCheckResponse.Types;

namespace Crypto.Query.Grpc;

/// <summary>The standard <c>grpc.health.v1.Health</c>, from the same checks as <c>/health</c>.</summary>
internal sealed class HealthHandlers(HealthCheckService checks, TimeProvider clock)
{
    // A watcher learns of a change within this time; the checks run once for each watcher.
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(5);

    public void AddTo(GrpcMethodTable table)
    {
        var known = table.Services.Select(s => s.FullName).Append("").ToHashSet(StringComparer.Ordinal);
        var service = HealthReflection.Descriptor.Services[0];
        table.Unary<HealthCheckRequest, HealthCheckResponse>(service, "Check", async (request, _, cancellation) =>
            known.Contains(request.Service)
                ? await CheckAsync(cancellation)
                : throw new GrpcStatusException(GrpcStatus.NotFound, $"no service {request.Service} is served here"));
        table.ServerStreaming<HealthCheckRequest, HealthCheckResponse>(service, "Watch", (request, _, cancellation) =>
            WatchAsync(known.Contains(request.Service), cancellation));
    }

    private async IAsyncEnumerable<HealthCheckResponse> WatchAsync(bool known, [EnumeratorCancellation] CancellationToken cancellation)
    {
        HealthCheckResponse? last = null;
        while (true)
        {
            var now = known ? await CheckAsync(cancellation) : new HealthCheckResponse { Status = ServingStatus.ServiceUnknown };
            if (!now.Equals(last)) yield return now;
            last = now;
            await Task.Delay(WatchEvery, clock, cancellation);
        }
    }

    private async Task<HealthCheckResponse> CheckAsync(CancellationToken cancellation)
    {
        var report = await checks.CheckHealthAsync(cancellation);
        return new HealthCheckResponse
        {
            Status = report.Status == HealthStatus.Unhealthy ? ServingStatus.NotServing : ServingStatus.Serving,
        };
    }
}
