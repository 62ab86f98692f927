using System.Security.Cryptography;
using System.Text;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Scenarios;
using Microsoft.AspNetCore.Http;

namespace Crypto.MarketReplay.Feeds;

/// <summary>
/// The slow context, without the internet: recorded answers of CoinGecko and alternative.me, and news made up for the
/// purpose. Their times are moved to market time, so that the answers are as fresh as they were.
/// </summary>
internal sealed class FeedAnswers(ReplayClock clock, RequestFaults faults)
{
    public const string CoinsPath = "/coingecko/api/v3/coins/markets";
    public const string SentimentPath = "/fng";
    public const string NewsPath = "/rss/";

    private readonly CoinAnswers _coins = new();
    private readonly SentimentAnswers _sentiment = new();

    /// <summary>Answers the request; false where the path is none of a feed.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context, CancellationToken stopping)
    {
        var path = context.Request.Path.Value ?? "";
        var known = path == CoinsPath || path.TrimEnd('/') == SentimentPath || path.StartsWith(NewsPath, StringComparison.Ordinal);
        if (!known) return false;
        if (await faults.TryMeetAsync(context, handshake: false, stopping).ConfigureAwait(false)) return true;
        var answer = path == CoinsPath ? _coins.Answer(context.Request.Query, clock.MarketTimeUs)
            : path.TrimEnd('/') == SentimentPath ? _sentiment.Answer(context.Request.Query, clock.MarketTimeUs)
            : NewsAnswers.Answer(path[NewsPath.Length..], clock.MarketTimeUs);
        await RespondAsync(context, answer).ConfigureAwait(false);
        return true;
    }

    // A client that asks with the answer's tag is told that nothing changed.
    private static async Task RespondAsync(HttpContext context, FeedAnswer answer)
    {
        var body = Encoding.UTF8.GetBytes(answer.Body);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8))}\"";
        context.Response.StatusCode = answer.Status;
        if (answer.Status == StatusCodes.Status200OK)
        {
            context.Response.Headers.ETag = tag;
            context.Response.Headers.CacheControl = "public, max-age=30";
            if (context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>An answer of a feed.</summary>
internal sealed record FeedAnswer(int Status, string ContentType, string Body)
{
    public static FeedAnswer Json(string body, int status = StatusCodes.Status200OK) => new(status, "application/json; charset=utf-8", body);

    public static FeedAnswer Xml(string body) => new(StatusCodes.Status200OK, "application/rss+xml; charset=utf-8", body);

    public static FeedAnswer NotFound { get; } = new(StatusCodes.Status404NotFound, "text/plain", "no such feed");
}
