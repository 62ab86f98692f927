using System.Net;
using System.Net.WebSockets;
using Crypto.Contracts;
using Crypto.MarketReplay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Page.Tests.Support;

/// <summary>The recorded exchange behind a relay that loses frames and refuses REST requests when a test says so.</summary>
internal sealed class UnrulyExchange : IAsyncDisposable
{
    private readonly WebApplication _relay;
    private readonly MarketReplayServer _exchange;
    private readonly HttpClient _http = new();
    private volatile bool _silent;
    private int _toLose;

    private UnrulyExchange(MarketReplayServer exchange, WebApplication relay) => (_exchange, _relay) = (exchange, relay);

    public string Url => _relay.Urls.Single();

    /// <summary>Whether requests for trades are answered with 503, so that no gap can be repaired.</summary>
    public bool RefusesTrades { get; set; }

    /// <summary>Frames still to be lost.</summary>
    public int ToLose => Volatile.Read(ref _toLose);

    /// <summary>The sample recording from its beginning; its clock starts with the first subscription.</summary>
    public static async Task<UnrulyExchange> StartAsync()
    {
        var exchange = await MarketReplayServer.StartAsync(
            new MarketReplayOptions { Clock = MarketClock.Original, Loop = false }, NullLoggerFactory.Instance, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var relay = builder.Build();
        var unruly = new UnrulyExchange(exchange, relay);
        relay.UseWebSockets();
        relay.Run(unruly.RelayAsync);
        await relay.StartAsync();
        return unruly;
    }

    /// <summary>The next frames never arrive.</summary>
    public void Lose(int frames) => Volatile.Write(ref _toLose, frames);

    /// <summary>From now on no frame arrives, though connections stay open.</summary>
    public void FallSilent() => _silent = true;

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        await _exchange.DisposeAsync();
        _http.Dispose();
    }

    private async Task RelayAsync(HttpContext context)
    {
        var target = context.Request.Path + context.Request.QueryString.ToString();
        if (context.WebSockets.IsWebSocketRequest) await RelayFramesAsync(context, target);
        else if (RefusesTrades && target.Contains("Trades", StringComparison.Ordinal)) context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
        else await RelayRequestAsync(context, target);
    }

    private async Task RelayRequestAsync(HttpContext context, string target)
    {
        using var answer = await _http.GetAsync(_exchange.Url + target, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task RelayFramesAsync(HttpContext context, string target)
    {
        using var server = new ClientWebSocket();
        await server.ConnectAsync(new Uri(_exchange.Url.Replace("http:", "ws:", StringComparison.Ordinal) + target), context.RequestAborted);
        using var client = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            await Task.WhenAny(PumpAsync(client, server, lossy: false), PumpAsync(server, client, lossy: true));
        }
        finally
        {
            server.Abort();
            client.Abort();
        }
    }

    private async Task PumpAsync(WebSocket from, WebSocket to, bool lossy)
    {
        var buffer = new byte[64 * 1024];
        var lost = false;
        for (var begins = true; ;)
        {
            var part = await from.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close) return;
            if (begins) lost = lossy && (_silent || Interlocked.Decrement(ref _toLose) >= 0);
            begins = part.EndOfMessage;
            if (!lost) await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, CancellationToken.None);
        }
    }
}
