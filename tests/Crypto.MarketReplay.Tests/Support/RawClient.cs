using System.Net.Sockets;
using System.Text;

namespace Crypto.MarketReplay.Tests.Support;

/// <summary>A websocket client that shakes hands and then only reads, without ever answering.</summary>
internal static class RawClient
{
    /// <summary>The bytes that the server sends until it ends the connection.</summary>
    public static async Task<byte[]> ReadToEndAsync(MarketReplayServer server, string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(server.Url).Port, patience.Token);
        await using var stream = client.GetStream();
        var request = $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), patience.Token);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, patience.Token);
        return received.ToArray();
    }
}
