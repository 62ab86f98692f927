using System.Diagnostics;
using Crypto.Contracts;

namespace Crypto.Bench.Query;

/// <summary>Many clients of <c>StreamCandles</c>; a candle's version is the time it was published at, so each delivery tells its age.</summary>
internal static class StreamLoad
{
    private const int StreamsPerConnection = 50;

    /// <summary>Deliveries after the first second, and their milliseconds from publishing to the client's parser.</summary>
    public static async Task<(double PerSecond, List<double> Milliseconds)> RunAsync(
        Uri url, byte[] request, int clients, double seconds, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var connections = Enumerable.Range(0, clients / StreamsPerConnection)
            .Select(_ => Task.Run(() => ListenAsync(url, request, stop.Token), cancellation)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
        await stop.CancelAsync();
        var all = (await Task.WhenAll(connections)).SelectMany(l => l).ToList();
        return (all.Count / (seconds - 1), all);
    }

    private static async Task<List<double>> ListenAsync(Uri url, byte[] request, CancellationToken stop)
    {
        using var connection = new Http2Connection(url, "/crypto.market.v1.MarketData/StreamCandles", request);
        var ages = new List<double>(1_000_000);
        var from = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
        connection.OnData = (_, payload) =>
        {
            if (Stopwatch.GetTimestamp() < from) return;
            var nowUs = UnixTime.NowMicroseconds(TimeProvider.System);
            while (payload.Length > 5)
            {
                var length = (payload[1] << 24) | (payload[2] << 16) | (payload[3] << 8) | payload[4];
                ages.Add((nowUs - VersionOf(payload.Slice(5, length))) / 1000.0);
                payload = payload[(5 + length)..];
            }
        };
        connection.OnEnd = stream => throw new InvalidOperationException($"stream {stream} ended");
        for (var i = 0; i < StreamsPerConnection; i++) connection.Request();
        try
        {
            while (true)
            {
                await connection.FlushAsync();
                if (!await connection.ReadAsync(stop)) throw new InvalidOperationException("the server closed the connection");
            }
        }
        catch (OperationCanceledException)
        {
            return ages;
        }
    }

    // StreamCandlesResponse { Candle candle = 1; }, Candle { int64 version = 19; }: skips the fields before it.
    private static long VersionOf(ReadOnlySpan<byte> message)
    {
        var at = 1;
        Varint(message, ref at);
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            if (tag == ((19 << 3) | 0)) return Varint(message, ref at);
            var value = Varint(message, ref at);
            if ((tag & 7) == 2) at += (int)value;
        }
        throw new InvalidOperationException("a candle without a version");
    }

    private static long Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        long value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[at++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }
}
