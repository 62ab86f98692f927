using System.Globalization;
using System.Net;
using System.Net.WebSockets;

namespace Crypto.Ingestion.Streams;

/// <summary>The exchange answers a handshake with an HTTP status: what that means, and how long to leave it alone.</summary>
public sealed class HandshakeRefusedException(string message, TimeSpan? retryAfter, Exception inner) : Exception(message, inner)
{
    private static readonly TimeSpan RateLimitPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BanPause = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(1);

    /// <summary>No attempt before this has passed; null where the usual pauses do.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>In words, by the status of the answer.</summary>
    public static Exception Of(ClientWebSocket socket, string url, WebSocketException e)
    {
        var retryAfter = RetryAfterOf(socket);
        var host = new Uri(url).Host;
        return socket.HttpStatusCode switch
        {
            HttpStatusCode.UnavailableForLegalReasons => new HandshakeRefusedException(
                $"{host} does not serve this country (451): set Ingestion:StreamUrl to wss://data-stream.binance.vision and Ingestion:RestUrl to " +
                "https://data-api.binance.vision, or run elsewhere", retryAfter ?? RefusedPause, e),
            (HttpStatusCode)418 => new HandshakeRefusedException($"{host} has banned this address for a while (418)", retryAfter ?? BanPause, e),
            HttpStatusCode.TooManyRequests => new HandshakeRefusedException($"{host} wants fewer connections from this address (429)", retryAfter ?? RateLimitPause, e),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new HandshakeRefusedException(
                $"{host} refuses this address ({(int)socket.HttpStatusCode}): a firewall of the exchange, or of somebody on the way", retryAfter ?? RefusedPause, e),
            0 or HttpStatusCode.SwitchingProtocols => e,
            var status => new HandshakeRefusedException($"{host} answers the handshake with {(int)status}", retryAfter, e),
        };
    }

    private static TimeSpan? RetryAfterOf(ClientWebSocket socket) =>
        socket.HttpResponseHeaders is { } headers && headers.TryGetValue("Retry-After", out var values)
        && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
