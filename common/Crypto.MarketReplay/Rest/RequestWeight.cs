using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Crypto.MarketReplay.Rest;

/// <summary>
/// Counts the request weight of every address per minute of wall time, with Binance's weights, and refuses what exceeds
/// the limit with 429; who goes on regardless is banned with 418.
/// </summary>
internal sealed class RequestWeight(int limitPerMinute, TimeProvider time)
{
    private const int WarningsBeforeBan = 10;
    private static readonly TimeSpan Ban = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<string, Account> _accounts = new();

    /// <summary>Adds the weight, sets the header that tells the sum, and throws where it is too much.</summary>
    /// <exception cref="BinanceErrorException">429 or 418; <c>Retry-After</c> is set.</exception>
    public void Spend(HttpContext context, int weight)
    {
        var now = time.GetUtcNow();
        var account = _accounts.GetOrAdd(context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new Account());
        lock (account)
        {
            account.TurnMinute(now);
            if (account.BannedUntil > now)
            {
                SetRetryAfter(context, account.BannedUntil - now);
                throw new BinanceErrorException(StatusCodes.Status418ImATeapot, -1003,
                    $"Way too much request weight used; IP banned until {account.BannedUntil.ToUnixTimeMilliseconds()}. Please use WebSocket Streams for live updates to avoid bans.");
            }
            account.Used += weight;
            context.Response.Headers["X-MBX-USED-WEIGHT"] = account.Used.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["X-MBX-USED-WEIGHT-1M"] = account.Used.ToString(CultureInfo.InvariantCulture);
            if (limitPerMinute <= 0 || account.Used <= limitPerMinute) return;
            if (++account.Warnings > WarningsBeforeBan) account.BannedUntil = now + Ban;
            SetRetryAfter(context, account.Minute.AddMinutes(1) - now);
            throw new BinanceErrorException(StatusCodes.Status429TooManyRequests, -1003,
                $"Too much request weight used; current limit is {limitPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.");
        }
    }

    private static void SetRetryAfter(HttpContext context, TimeSpan wait) =>
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private sealed class Account
    {
        public DateTimeOffset Minute { get; private set; }

        public int Used { get; set; }

        public int Warnings { get; set; }

        public DateTimeOffset BannedUntil { get; set; }

        public void TurnMinute(DateTimeOffset now)
        {
            var minute = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
            if (minute == Minute) return;
            (Minute, Used) = (minute, 0);
            // A minute without a refusal forgives the earlier ones.
            Warnings = 0;
        }
    }
}
