using System.Globalization;
using System.Text;
using Crypto.MarketReplay.Clocks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crypto.MarketReplay.Scenarios;

/// <summary>Answers requests as a scenario wants them answered.</summary>
internal sealed class RequestFaults(ScenarioPlan plan, ReplayClock clock, ILogger logger)
{
    /// <summary>True where the request met a fault and is done.</summary>
    /// <param name="context">The request.</param>
    /// <param name="handshake">A websocket's handshake rather than another request.</param>
    /// <param name="stopping">The server stops.</param>
    public async Task<bool> TryMeetAsync(HttpContext context, bool handshake, CancellationToken stopping)
    {
        if (plan.TakeRequestFault(handshake, context.Request.Path.Value ?? "", clock.Position, logger) is not { } fault) return false;
        switch (fault.Kind)
        {
            case FaultKind.Timeout:
                using (var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping))
                    await Task.Delay(fault.For, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                context.Abort();
                break;
            case FaultKind.Cut:
                context.Response.ContentType = "application/json;charset=UTF-8";
                context.Response.ContentLength = 4096;
                await context.Response.Body.WriteAsync("[{\"id\":37356930"u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                context.Abort();
                break;
            default:
                await AnswerAsync(context, fault).ConfigureAwait(false);
                break;
        }
        return true;
    }

    private static async Task AnswerAsync(HttpContext context, Fault fault)
    {
        context.Response.StatusCode = fault.Status;
        if (fault.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status418ImATeapot)
            context.Response.Headers.RetryAfter = fault.RetryAfter.ToString(CultureInfo.InvariantCulture);
        var (type, body) = fault.Status switch
        {
            429 => (Json, "{\"code\":-1003,\"msg\":\"Too many requests; please use the websocket for live updates.\"}"),
            418 => (Json, "{\"code\":-1003,\"msg\":\"Way too much request weight used; IP banned. Please use WebSocket Streams for live updates to avoid bans.\"}"),
            451 => (Json, "{\"code\":0,\"msg\":\"Service unavailable from a restricted location.\"}"),
            503 => (Json, "{\"code\":-1008,\"msg\":\"Server is currently overloaded with other requests. Please try again in a few minutes.\"}"),
            >= 500 => (Html, $"<html><body><h1>{fault.Status}</h1></body></html>"),
            _ => (Html, "<html><body>Request blocked.</body></html>"),
        };
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted).ConfigureAwait(false);
    }

    private const string Json = "application/json;charset=UTF-8";
    private const string Html = "text/html";
}
