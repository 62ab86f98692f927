using Crypto.Aggregation.Running;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.Aggregation;

/// <summary>Healthy while batches are applied, or none are there; the reason says what is amiss.</summary>
internal sealed class AggregationHealthCheck(AggregationService service) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (service.Consumer is not { } consumer) return Task.FromResult(HealthCheckResult.Unhealthy("not started yet"));
        var data = new Dictionary<string, object>
        {
            ["partitions"] = consumer.Partitions,
            ["lagRecords"] = consumer.LagRecords,
            ["lagSeconds"] = Math.Round(consumer.LagTime.TotalSeconds, 3),
        };
        if (consumer.Failure is { } failure)
            return Task.FromResult(HealthCheckResult.Unhealthy($"{failure.Reason} (since {failure.Since:HH:mm:ss}Z)", data: data));
        if (service.IdleFailure is { } idle) return Task.FromResult(HealthCheckResult.Unhealthy(idle, data: data));
        return Task.FromResult(HealthCheckResult.Healthy("candles are up to date", data));
    }
}
