using System.Globalization;
using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// What MassTransit's own check does not see: that the broker is away, that the log runs ahead of the store, and how old the
/// last stored message is.
/// </summary>
public sealed class RiderHealthCheck(RiderProgress progress, KafkaTopics topics, IOptions<RiderOptions> options, TimeProvider clock)
    : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private long? _behindSince;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var marks = progress.Marks();
        var data = new Dictionary<string, object> { ["partitions"] = marks.Count, ["records"] = progress.Records, ["batches"] = progress.Batches.Count };
        if (progress.LastBatch is { } last) data["lastBatch"] = last.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        try
        {
            var extents = await topics.ExtentsAsync([.. marks.Keys], cancellationToken)
                .WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            var lag = marks.Sum(mark => Math.Max(0, extents[mark.Key].Latest - mark.Value));
            data["lagRecords"] = lag;
            return Judge(lag, data);
        }
        catch (RetriableException e)
        {
            return HealthCheckResult.Unhealthy($"the broker cannot be asked: {e.Message}", data: data);
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy($"the broker has not answered for {Patience.TotalSeconds:F0} s", data: data);
        }
    }

    private HealthCheckResult Judge(long lag, Dictionary<string, object> data)
    {
        if (progress.Failure is var (reason, since) && clock.GetUtcNow() - since >= options.Value.UnhealthyAfter)
            return HealthCheckResult.Unhealthy($"nothing stored for {(clock.GetUtcNow() - since).TotalSeconds:F0} s: {reason}", data: data);
        if (progress.Failure is var (present, _)) return HealthCheckResult.Degraded($"tries again: {present}", data: data);
        if (lag == 0)
        {
            _behindSince = null;
            return HealthCheckResult.Healthy(progress.LastBatch is null ? "waits for the first record" : "has stored all there is", data);
        }
        _behindSince ??= clock.GetTimestamp();
        // Catching up is no fault; standing still is.
        var idle = progress.LastBatch is { } last ? clock.GetUtcNow() - last : clock.GetElapsedTime(_behindSince.Value);
        return idle >= options.Value.UnhealthyAfter
            ? HealthCheckResult.Unhealthy($"{lag} records wait, and none was stored for {idle.TotalSeconds:F0} s", data: data)
            : HealthCheckResult.Healthy($"{lag} records behind", data);
    }
}
