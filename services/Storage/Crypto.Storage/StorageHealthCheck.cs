using System.Globalization;
using Crypto.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Crypto.Storage;

/// <summary>
/// All of storage's consumers: red before one's first assignment, and when one could not store for
/// <see cref="StorageOptions.UnhealthyAfter"/>. The worst counts, and each says why.
/// </summary>
public sealed class StorageHealthCheck(IEnumerable<IStorageConsumer> consumers, IOptions<StorageOptions> options, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        var worst = HealthStatus.Healthy;
        var told = new List<string>();
        foreach (var consumer in consumers)
        {
            if (consumer.Status is not { } status) continue;
            var (health, description) = Judge(consumer.NotStarted, status);
            if (health < worst) worst = health;
            told.Add($"{consumer.Name}: {description}");
            Describe(consumer.Name, status, data);
        }
        return Task.FromResult(new HealthCheckResult(worst, string.Join("; ", told), data: data));
    }

    private (HealthStatus Health, string Description) Judge(string? notStarted, ConsumerStatus status)
    {
        if (notStarted is not null) return (HealthStatus.Unhealthy, $"not started yet: {notStarted}");
        if (status.Failure is not var (reason, since)) return (HealthStatus.Healthy, $"reads {status.Partitions} partitions");
        if (status is { Partitions: 0, LastBatch: null }) return (HealthStatus.Unhealthy, $"not started yet: {reason}");
        var failing = clock.GetUtcNow() - since;
        return failing >= options.Value.UnhealthyAfter
            ? (HealthStatus.Unhealthy, $"nothing stored for {failing.TotalSeconds:F0} s: {reason}")
            : (HealthStatus.Degraded, $"tries again: {reason}");
    }

    private static void Describe(string name, ConsumerStatus status, Dictionary<string, object> data)
    {
        data[$"{name}.partitions"] = status.Partitions;
        data[$"{name}.records"] = status.Records;
        data[$"{name}.lagRecords"] = status.LagRecords;
        data[$"{name}.lagSeconds"] = Math.Round(status.LagTime.TotalSeconds, 3);
        if (status.LastBatch is { } last) data[$"{name}.lastBatch"] = last.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
    }
}
