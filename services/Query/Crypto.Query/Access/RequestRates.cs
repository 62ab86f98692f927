using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Access;

/// <summary>Limits requests by key, and by address where there is none. A second's worth may come at once.</summary>
internal sealed class RequestRates : IDisposable
{
    private readonly PartitionedRateLimiter<(ApiKey? Key, IPAddress? Address)> _limiter;

    public RequestRates(IOptions<AccessOptions> options)
    {
        var anonymous = options.Value.RequestsPerSecond;
        _limiter = PartitionedRateLimiter.Create<(ApiKey? Key, IPAddress? Address), string>(client =>
            client.Key is { } key ? Partition("key " + key.Name, key.RequestsPerSecond)
                : Partition("address " + client.Address, anonymous));
        Any = anonymous > 0 || options.Value.Keys.Exists(k => k.RequestsPerSecond > 0);
    }

    /// <summary>False where nothing is limited.</summary>
    public bool Any { get; }

    public bool TryTake(ApiKey? key, HttpContext http)
    {
        using var lease = _limiter.AttemptAcquire((key, http.Connection.RemoteIpAddress));
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();

    private static RateLimitPartition<string> Partition(string name, int perSecond) => perSecond <= 0
        ? RateLimitPartition.GetNoLimiter(name)
        : RateLimitPartition.GetTokenBucketLimiter(name, _ => Bucket(perSecond));

    /// <summary>A bucket that fills about every 0.1 s, or token by token below ten a second; to a millionth at the rate given.</summary>
    internal static TokenBucketRateLimiterOptions Bucket(int perSecond)
    {
        var tokens = Math.Max(1, perSecond / 10);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromTicks(TimeSpan.TicksPerSecond * tokens / perSecond),
            QueueLimit = 0,
        };
    }
}
