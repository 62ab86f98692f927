using System.Diagnostics;

namespace Crypto.Bench.Query;

/// <summary>Keeps a number of requests under way on every connection and measures each.</summary>
internal static class UnaryLoad
{
    private const int Connections = 4;
    private const int StreamsPerConnection = 16;

    /// <summary>Requests per second and each one's milliseconds, after a warm-up of a quarter of the time.</summary>
    public static async Task<(double PerSecond, List<double> Milliseconds)> RunAsync(
        Uri url, string path, byte[]? grpcBody, double seconds, CancellationToken cancellation)
    {
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => DriveAsync(url, path, grpcBody, seconds / 4, cancellation)));
        var started = Stopwatch.GetTimestamp();
        var results = await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(_ => DriveAsync(url, path, grpcBody, seconds, cancellation)));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var all = results.SelectMany(r => r).ToList();
        return (all.Count / elapsed, all);
    }

    private static Task<List<double>> DriveAsync(Uri url, string path, byte[]? grpcBody, double seconds, CancellationToken cancellation) =>
        Task.Run(async () =>
        {
            using var connection = new Http2Connection(url, path, grpcBody);
            var sent = new Dictionary<int, long>();
            var times = new List<double>(200_000);
            long expected = -1, received = 0, ended = 0;
            var until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
            connection.OnData = (_, payload) => received += payload.Length;
            connection.OnEnd = stream =>
            {
                var now = Stopwatch.GetTimestamp();
                sent.Remove(stream, out var at);
                times.Add((now - at) * 1000.0 / Stopwatch.Frequency);
                ended++;
                if (expected < 0) expected = received;
                if (now < until) sent[connection.Request()] = now;
            };
            for (var i = 0; i < StreamsPerConnection; i++) sent[connection.Request()] = Stopwatch.GetTimestamp();
            while (sent.Count > 0)
            {
                await connection.FlushAsync();
                if (!await connection.ReadAsync(cancellation)) throw new InvalidOperationException("the server closed the connection");
            }
            // Every answer must be as long as the first: an error has no body.
            if (received != expected * ended || (grpcBody is not null && expected < 6))
                throw new InvalidOperationException($"{ended} answers have {received} bytes, the first had {expected}");
            return times;
        }, cancellation);
}
