using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Crypto.Storage;

/// <summary>Red before the first assignment, and when nothing could be stored for <see cref="StorageOptions.UnhealthyAfter"/>.</summary>
public sealed class StorageHealthCheck(StorageService service, IOptions<StorageOptions> options, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = service.Status;
        var data = new Dictionary<string, object>
        {
            ["partitions"] = status.Partitions,
            ["records"] = status.Records,
            ["lagRecords"] = status.LagRecords,
            ["lagSeconds"] = Math.Round(status.LagTime.TotalSeconds, 3),
        };
        if (status.LastBatch is { } last) data["lastBatch"] = last.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return Task.FromResult(Judge(status.Failure, status.Partitions, status.LastBatch, data));
    }

    private HealthCheckResult Judge(
        (string Reason, DateTimeOffset Since)? failure, int partitions, DateTimeOffset? lastBatch, Dictionary<string, object> data)
    {
        if (failure is not var (reason, since)) return HealthCheckResult.Healthy($"reads {partitions} partitions", data);
        var failing = clock.GetUtcNow() - since;
        if (partitions == 0 && lastBatch is null) return HealthCheckResult.Unhealthy($"not started yet: {reason}", data: data);
        return failing >= options.Value.UnhealthyAfter
            ? HealthCheckResult.Unhealthy($"nothing stored for {failing.TotalSeconds:F0} s: {reason}", data: data)
            : HealthCheckResult.Degraded($"tries again: {reason}", data: data);
    }
}
