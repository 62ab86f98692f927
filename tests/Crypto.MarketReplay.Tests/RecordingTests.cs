using System.Text;
using Crypto.Contracts;
using Crypto.MarketReplay.Tests.Support;
using Crypto.Testing;

namespace Crypto.MarketReplay.Tests;

public class RecordingTests
{
    private const long Ns = 1723161600000000000;

    [Fact]
    public async Task A_missing_file_is_named()
    {
        Assert.Contains("nowhere.gz cannot be read", await RefusalAsync(new MarketReplayOptions { Recordings = ["/tmp/nowhere.gz"] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello\n", "unreadable line 1: it does not begin with a receive time")]
    [InlineData("1723161600000 {}\n", "not in nanoseconds")]
    [InlineData("1723161600000000000 {}\nx {}\n", "unreadable line 2")]
    [InlineData("1723161600000000000 {}\n", "no trades")]
    public async Task A_file_that_is_no_recording_is_refused_with_its_line(string content, string message = "is empty")
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "bad.frames");
        await File.WriteAllTextAsync(file, content);
        Assert.Contains(message, await RefusalAsync(new MarketReplayOptions { Recordings = [file] }));
    }

    [Fact]
    public async Task A_truncated_archive_is_refused()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "cut.frames.gz");
        var whole = await File.ReadAllBytesAsync(TestData.PathOf(TestData.SpotEthusdt));
        await File.WriteAllBytesAsync(file, whole[..(whole.Length / 2)]);
        Assert.Contains("cut.frames.gz", await RefusalAsync(new MarketReplayOptions { Recordings = [file] }));
    }

    [Fact]
    public async Task Line_formats_do_not_mix()
    {
        var raw = Replay.Trade(2);
        raw = raw[raw.IndexOf("{\"e\"", StringComparison.Ordinal)..^1];
        Assert.Contains("mixes line formats: frame 2 is raw", await RefusalAsync(Replay.Of(Replay.Trade(1), raw)));
    }

    [Fact]
    public async Task An_unknown_symbol_is_named_with_those_that_are_there()
    {
        var options = Replay.Of(Replay.Trade(1), Replay.Trade(1, "ETHUSDT"));
        options.Symbols = ["BTCUSDT", "SOLUSDT"];
        Assert.Equal("The recordings have no symbol SOLUSDT; they have BTCUSDT, ETHUSDT.", await RefusalAsync(options));
    }

    [Fact]
    public async Task A_recording_of_another_venue_is_refused_with_the_option_that_helps()
    {
        Assert.Contains("add --venue binance-usdm", await RefusalAsync(Replay.AtMaximumSpeed(TestData.PathOf(TestData.UsdmBtcusdt))));
    }

    [Fact]
    public async Task The_present_clock_has_speed_one()
    {
        Assert.Contains("--clock original", await RefusalAsync(new MarketReplayOptions { Speed = 2 }));
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using var first = await Replay.StartAsync(Replay.Of(Replay.Trade(1)));
        var options = Replay.Of(Replay.Trade(1));
        options.Port = new Uri(first.Url).Port;
        Assert.Contains($"cannot listen on 127.0.0.1:{options.Port}", await RefusalAsync(options));
    }

    [Fact]
    public async Task Only_the_chosen_symbols_are_played()
    {
        var options = Replay.Of(Replay.Trade(1), Replay.Trade(1, "ETHUSDT"), Replay.Trade(2));
        options.Symbols = ["BTCUSDT"];
        await using var server = await Replay.StartAsync(options);
        Assert.Equal(2, server.Status.FramesTotal);
        Assert.Equal(["BTCUSDT"], server.Status.Symbols);
    }

    [Fact]
    public async Task The_hash_tells_recordings_apart_whatever_their_compression()
    {
        using var folder = new TemporaryFolder();
        var plain = Path.Combine(folder.Path, "plain.frames");
        await File.WriteAllLinesAsync(plain, Replay.Lines(TestData.PathOf(TestData.SpotBtcusdt)).Select(l => $"{l.ReceivedNs} {l.Frame}"));
        Assert.Equal(await HashAsync(TestData.PathOf(TestData.SpotBtcusdt)), await HashAsync(plain));
        await File.AppendAllTextAsync(plain, $"{Ns + 400_000_000_000} {Replay.Trade(3735703163)}\n", Encoding.UTF8);
        Assert.NotEqual(await HashAsync(TestData.PathOf(TestData.SpotBtcusdt)), await HashAsync(plain));
    }

    [Fact]
    public async Task Frames_of_other_streams_are_sent_to_their_subscribers_only_and_garbage_to_everybody()
    {
        const string Depth = """{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161600001,"s":"BTCUSDT","U":1,"u":2,"b":[],"a":[]}}""";
        const string Garbage = "<html>502 Bad Gateway</html>";
        var trades = new[] { Replay.Trade(1), Replay.Trade(2) };
        var options = Replay.Of(trades[0], Depth, Garbage, trades[1]);
        await using var server = await Replay.StartAsync(options);
        await using (var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade"))
            Assert.Equal([trades[0], Garbage, trades[1]], await client.ReceiveAsync(3));
        await using var second = await Replay.StartAsync(options);
        await using (var client = await StreamClient.ConnectAsync(second, "/stream?streams=btcusdt@depth@100ms"))
            Assert.Equal([Depth, Garbage], await client.ReceiveAsync(2));
    }

    private static async Task<string> HashAsync(string file)
    {
        await using var server = await Replay.StartAsync(new MarketReplayOptions { Recordings = [file] });
        return server.Source.Recording;
    }

    private static async Task<string> RefusalAsync(MarketReplayOptions options)
    {
        var refusal = await Assert.ThrowsAsync<FatalException>(() => Replay.StartAsync(options));
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }
}
