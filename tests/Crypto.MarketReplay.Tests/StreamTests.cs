using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Tests.Support;

namespace Crypto.MarketReplay.Tests;

public class StreamTests
{
    [Fact]
    public async Task The_sample_arrives_whole_unchanged_and_merged_by_receive_time()
    {
        await using var server = await Replay.StartAsync(Replay.AtMaximumSpeed());
        await using var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade/ethusdt@trade");
        var expected = SampleRecording.Files.SelectMany(Replay.Lines).OrderBy(l => l.ReceivedNs).Select(l => l.Frame).ToList();
        Assert.Equal(10147 + 8409, expected.Count);
        Assert.Equal(expected, await client.ReceiveAsync(expected.Count));
    }
}
