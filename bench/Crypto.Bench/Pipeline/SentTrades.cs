using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;

namespace Crypto.Bench.Pipeline;

/// <summary>A second client of the exchange, which notes when each frame of a symbol was sent.</summary>
internal sealed class SentTrades(string marketUrl, string symbol)
{
    private readonly ConcurrentDictionary<long, long> _sentAt = new();

    /// <summary>When the trade's frame came, as a <see cref="Stopwatch"/> timestamp; each id is given once.</summary>
    public bool TryTake(long tradeId, out long timestamp) => _sentAt.TryRemove(tradeId, out timestamp);

    public async Task ListenAsync(CancellationToken cancellation)
    {
        using var socket = new ClientWebSocket();
        var url = new Uri($"ws{marketUrl["http".Length..]}/ws/{symbol.ToLowerInvariant()}@trade");
        var buffer = new byte[4096];
        try
        {
            await socket.ConnectAsync(url, cancellation);
            while (true)
            {
                var frame = await socket.ReceiveAsync(buffer, cancellation);
                _sentAt.TryAdd(TradeIdOf(buffer.AsSpan(0, frame.Count)), Stopwatch.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The measurement is over.
        }
    }

    private static long TradeIdOf(ReadOnlySpan<byte> frame)
    {
        var json = new Utf8JsonReader(frame);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("t"u8)) continue;
            json.Read();
            return json.GetInt64();
        }
        throw new InvalidDataException("a frame without a trade id");
    }
}
