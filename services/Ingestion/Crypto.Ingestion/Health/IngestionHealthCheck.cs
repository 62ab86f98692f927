using System.Globalization;
using Crypto.Contracts;
using Crypto.Ingestion.Feeds;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.Ingestion.Health;

/// <summary>
/// Red when the market cannot be reached, or when it is open and no data come. A recording that has ended is healthy.
/// The data's <c>market</c> says <c>live</c>, <c>waiting</c>, <c>running</c> or <c>ended</c>.
/// </summary>
public sealed class IngestionHealthCheck(IngestionService service, FeedService feeds, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var ages = feeds.Statuses.ToDictionary(status => status.Contract.Name, status => FeedAge(status, now, feeds.Started ?? now));
        return Task.FromResult(Judge(service.Report(), UnixTime.ToMicroseconds(now), ages));
    }

    /// <summary>What a report means at a time.</summary>
    public static HealthCheckResult Judge(IngestionReport report, long nowUs, IReadOnlyDictionary<string, string>? feedAges = null)
    {
        var data = new Dictionary<string, object>
        {
            ["market"] = report.Market,
            ["symbols"] = report.Symbols,
            ["inFlight"] = report.InFlight,
            ["missing"] = report.Missing,
            ["resumed"] = report.IsResumed,
        };
        // A slow feed that is stale is told, and makes nothing red: trades are what this role is for.
        if (feedAges is { Count: > 0 }) data["feeds"] = feedAges;
        if (report.LastFrameUs > 0) data["lastFrame"] = UnixTime.ToRfc3339(report.LastFrameUs);
        if (report.IsOver) return HealthCheckResult.Healthy("the recording has ended", data);
        if (report.Failure is { } failure) return HealthCheckResult.Unhealthy(failure, data: data);
        if (report.Market == "waiting") return HealthCheckResult.Healthy("the recording waits for its first subscription", data);
        var age = TimeSpan.FromMicroseconds(nowUs - Math.Max(report.LastFrameUs, report.StartedUs));
        var seconds = Seconds(age);
        return age > report.StaleAfter
            ? HealthCheckResult.Unhealthy($"no trade for {seconds} s", data: data)
            : HealthCheckResult.Healthy($"{report.Symbols} symbols, last trade {seconds} s ago", data);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);

    internal static string FeedAge(FeedStatus status, DateTimeOffset now, DateTimeOffset since)
    {
        var age = status.LastSuccess is { } success ? $"answered {Seconds(now - success)} s ago" : "no answer yet";
        var stale = status.IsStale(now, since) ? ", stale" : "";
        var promise = $" (every {Seconds(status.Contract.Interval)} s, stale after {Seconds(status.Contract.StaleAfter)} s)";
        return $"{age}{stale}{promise}{(status.Failure is { } failure ? $": {failure}" : "")}";
    }
}
