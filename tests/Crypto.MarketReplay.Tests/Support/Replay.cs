using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.MarketReplay.Tests.Support;

/// <summary>Starts recorded exchanges for tests and asks them.</summary>
internal static class Replay
{
    private static readonly HttpClient Http = new();

    /// <summary>The lines of a recording as (receive time, frame).</summary>
    public static List<(long ReceivedNs, string Frame)> Lines(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var lines = new List<(long, string)>();
        while (reader.ReadLine() is { } line) lines.Add((long.Parse(line[..19]), line[20..]));
        return lines;
    }

    /// <summary>The sample, as fast as it can be read.</summary>
    public static MarketReplayOptions AtMaximumSpeed(params string[] recordings) => new()
    {
        Recordings = recordings.Length > 0 ? recordings : SampleRecording.Files,
        Speed = double.PositiveInfinity,
        Clock = MarketClock.Original,
        StartGrace = TimeSpan.Zero,
    };

    /// <summary>Given lines, as fast as they can be read.</summary>
    public static MarketReplayOptions Of(params string[] frames) => new()
    {
        Sources = [new ListedFrames(frames)],
        Speed = double.PositiveInfinity,
        StartGrace = TimeSpan.Zero,
    };

    public static Task<MarketReplayServer> StartAsync(MarketReplayOptions options) =>
        MarketReplayServer.StartAsync(options, NullLoggerFactory.Instance, default);

    public static async Task<JsonElement> GetAsync(this MarketReplayServer server, string path) =>
        await Http.GetFromJsonAsync<JsonElement>(server.Url + path);

    public static Task<HttpResponseMessage> GetResponseAsync(this MarketReplayServer server, string path) => Http.GetAsync(server.Url + path);

    /// <summary>A spot trade frame of a combined stream.</summary>
    public static string Trade(long id, string symbol = "BTCUSDT", string price = "100.00000000", string quantity = "1.00000000", long timeMs = 0,
        bool isBuyerMaker = false)
    {
        var time = timeMs == 0 ? 1723161600000 + id : timeMs;
        return new StringBuilder($"{{\"stream\":\"{symbol.ToLowerInvariant()}@trade\",\"data\":{{\"e\":\"trade\",\"E\":{time},\"s\":\"{symbol}\",")
            .Append($"\"t\":{id},\"p\":\"{price}\",\"q\":\"{quantity}\",\"T\":{time},\"m\":{(isBuyerMaker ? "true" : "false")},\"M\":true}}}}").ToString();
    }

    /// <summary>Frames that come a millisecond apart.</summary>
    private sealed class ListedFrames(string[] frames) : IRecordingSource
    {
        public string Name => "listed frames";

        public IEnumerable<RecordedFrame> Read() =>
            frames.Select((frame, i) => new RecordedFrame(1723161600000000000 + i * 1_000_000L, Encoding.UTF8.GetBytes(frame)));
    }
}
