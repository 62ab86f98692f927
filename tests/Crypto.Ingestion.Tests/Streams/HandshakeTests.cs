using System.Net.WebSockets;
using Crypto.Ingestion.Streams;
using Crypto.Ingestion.Tests.Exchange;

namespace Crypto.Ingestion.Tests.Streams;

/// <summary>Refusals of a handshake are told apart by their status, from a real server that refuses.</summary>
public sealed class HandshakeTests
{
    [Theory]
    [InlineData(451, null, 60, "data-stream.binance.vision")]
    [InlineData(418, null, 120, "banned this address")]
    [InlineData(418, "7", 7, "banned this address")]
    [InlineData(429, null, 10, "fewer connections")]
    [InlineData(429, "300", 300, "fewer connections")]
    [InlineData(403, null, 60, "firewall")]
    [InlineData(503, "3", 3, "answers the handshake with 503")]
    [InlineData(500, null, null, "answers the handshake with 500")]
    public async Task A_refusal_says_what_it_means_and_how_long_to_wait(int status, string? retryAfter, int? seconds, string words)
    {
        await using var exchange = await StubExchange.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });

        var refusal = Assert.IsType<HandshakeRefusedException>(await RefusalOfAsync(exchange.Url));

        Assert.Contains(words, refusal.Message);
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, refusal.RetryAfter);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_no_refusal() =>
        Assert.IsType<WebSocketException>(await RefusalOfAsync("http://127.0.0.1:1"));

    private static async Task<Exception> RefusalOfAsync(string http)
    {
        var url = http.Replace("http", "ws", StringComparison.Ordinal) + "/stream";
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        var failure = await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(url), default));
        return HandshakeRefusedException.Of(socket, url, failure);
    }
}
