using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Crypto.MarketReplay.Tests.Support;

/// <summary>A websocket client of the framework, so that our own framing is held against somebody else's.</summary>
internal sealed class StreamClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 20];

    public static async Task<StreamClient> ConnectAsync(MarketReplayServer server, string path)
    {
        var client = new StreamClient();
        await client._socket.ConnectAsync(new Uri(server.Url.Replace("http://", "ws://", StringComparison.Ordinal) + path), default);
        return client;
    }

    /// <summary>The next text message; null where the server closed.</summary>
    public async Task<string?> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), patience.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (length == _buffer.Length) throw new InvalidDataException("the message is longer than this client takes");
            if (part.EndOfMessage) return Encoding.UTF8.GetString(_buffer, 0, length);
        }
    }

    public async Task<List<string>> ReceiveAsync(int count)
    {
        var messages = new List<string>(count);
        while (messages.Count < count) messages.Add(await ReceiveAsync() ?? throw new InvalidOperationException("closed"));
        return messages;
    }

    public async Task<JsonElement> RequestAsync(string json)
    {
        await SendAsync(json);
        return JsonDocument.Parse((await ReceiveAsync())!).RootElement;
    }

    public Task SendAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
