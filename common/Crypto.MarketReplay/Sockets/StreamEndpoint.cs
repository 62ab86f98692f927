using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Scenarios;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Crypto.MarketReplay.Sockets;

/// <summary>
/// Accepts websockets at <c>/ws</c>, <c>/ws/&lt;stream&gt;[/&lt;stream&gt;...]</c> (raw) and <c>/stream?streams=a/b</c> (combined).
/// </summary>
internal sealed class StreamEndpoint(
    ReplayClock clock, MarketReplayOptions options, ScenarioPlan plan, RequestFaults faults, ILogger logger)
{
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    // USD-M also offers its market streams under these prefixes.
    private static readonly string[] Prefixes = ["/public", "/market"];

    private readonly ConcurrentDictionary<IPAddress, Queue<long>> _attempts = new();

    /// <summary>Serves a websocket until it ends; false where the path is none of a websocket.</summary>
    public async Task<bool> TryServeAsync(HttpContext context, CancellationToken stopping)
    {
        var path = context.Request.Path.Value ?? "";
        foreach (var prefix in Prefixes)
            if (path.StartsWith(prefix + "/", StringComparison.Ordinal)) path = path[prefix.Length..];
        var combined = path is "/stream" or "/stream/";
        var raw = path is "/ws" || path.StartsWith("/ws/", StringComparison.Ordinal);
        if (!combined && !raw) return false;
        var names = (combined ? context.Request.Query["streams"].ToString() : path[3..]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (RefusalOf(context, names.Length) is { } status)
        {
            context.Response.StatusCode = status;
            return true;
        }
        if (await faults.TryMeetAsync(context, handshake: true, stopping).ConfigureAwait(false)) return true;
        var subscriptions = new Subscriptions(clock.Timeline.Tape);
        subscriptions.Add(names);
        var renderer = new FrameRenderer(clock.Timeline, combined, UnitOf(context.Request.Query["timeUnit"].ToString()));
        await using var stream = await UpgradeAsync(context).ConfigureAwait(false);
        Log.Connected(logger, names.Length == 0 ? "no stream yet" : string.Join(' ', names.Take(5)));
        var peer = new Peer(context.Features.Get<IConnectionSocketFeature>()?.Socket);
        var feed = new FrameFeed(clock, renderer, subscriptions, plan, logger);
        var lifetime = plan.Scenario.ConnectionLifetime ?? options.ConnectionLifetime;
        var connection = new StreamConnection(stream, peer, clock, renderer, subscriptions, feed, lifetime, options);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        var reason = await connection.RunAsync(ending.Token).ConfigureAwait(false);
        // Without a goodbye, if the scenario wants it so: an abort sends no more bytes.
        if (connection.IsCut) context.Abort();
        Log.Disconnected(logger, feed.Sent, reason);
        return true;
    }

    private int? RefusalOf(HttpContext context, int streams)
    {
        var headers = context.Request.Headers;
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
            || !headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
            || string.IsNullOrEmpty(headers.SecWebSocketKey) || headers.SecWebSocketVersion != "13")
            return StatusCodes.Status400BadRequest;
        if (streams > SubscriptionRequests.MaxStreams) return StatusCodes.Status400BadRequest;
        if (MayConnect(context.Connection.RemoteIpAddress ?? IPAddress.None)) return null;
        context.Response.Headers.RetryAfter = FiveMinutes.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return StatusCodes.Status429TooManyRequests;
    }

    private bool MayConnect(IPAddress address)
    {
        if (options.ConnectionsPerFiveMinutes <= 0) return true;
        var recent = _attempts.GetOrAdd(address, _ => new Queue<long>());
        lock (recent)
        {
            var now = options.Time.GetTimestamp();
            while (recent.TryPeek(out var oldest) && options.Time.GetElapsedTime(oldest, now) >= FiveMinutes) recent.Dequeue();
            if (recent.Count >= options.ConnectionsPerFiveMinutes) return false;
            recent.Enqueue(now);
            return true;
        }
    }

    private static async Task<Stream> UpgradeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = WebSocketFrames.AcceptKey(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
    }

    private static TimeUnit UnitOf(string unit) =>
        unit.Equals("MICROSECOND", StringComparison.OrdinalIgnoreCase) ? TimeUnit.Microsecond
        : unit.Equals("MILLISECOND", StringComparison.OrdinalIgnoreCase) ? TimeUnit.Millisecond
        : TimeUnit.Recorded;
}
