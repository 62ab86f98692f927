using System.Globalization;
using Crypto.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.Ingestion.Health;

/// <summary>
/// Red when the market cannot be reached, or when it is open and no data come. A recording that has ended is healthy.
/// The data's <c>market</c> says <c>live</c>, <c>waiting</c>, <c>running</c> or <c>ended</c>.
/// </summary>
public sealed class IngestionHealthCheck(IngestionService service, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(service.Report(), UnixTime.NowMicroseconds(clock)));

    /// <summary>What a report means at a time.</summary>
    public static HealthCheckResult Judge(IngestionReport report, long nowUs)
    {
        var data = new Dictionary<string, object>
        {
            ["market"] = report.Market,
            ["symbols"] = report.Symbols,
            ["inFlight"] = report.InFlight,
            ["missing"] = report.Missing,
            ["resumed"] = report.IsResumed,
        };
        if (report.LastFrameUs > 0) data["lastFrame"] = UnixTime.ToRfc3339(report.LastFrameUs);
        if (report.IsOver) return HealthCheckResult.Healthy("the recording has ended", data);
        if (report.Failure is { } failure) return HealthCheckResult.Unhealthy(failure, data: data);
        if (report.Market == "waiting") return HealthCheckResult.Healthy("the recording waits for its first subscription", data);
        var age = TimeSpan.FromMicroseconds(nowUs - Math.Max(report.LastFrameUs, report.StartedUs));
        var seconds = age.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
        return age > report.StaleAfter
            ? HealthCheckResult.Unhealthy($"no trade for {seconds} s", data: data)
            : HealthCheckResult.Healthy($"{report.Symbols} symbols, last trade {seconds} s ago", data);
    }
}
