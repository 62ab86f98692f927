using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Tests.Support;

namespace Crypto.MarketReplay.Tests;

public class ClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_looping_present_is_a_pure_function_of_wall_time()
    {
        await using var one = await Replay.StartAsync(new MarketReplayOptions { Time = new SetTime(Noon) });
        await using var other = await Replay.StartAsync(new MarketReplayOptions { Time = new SetTime(Noon) });
        foreach (var path in new[] { "trades?symbol=BTCUSDT", "aggTrades?symbol=ETHUSDT", "klines?symbol=BTCUSDT&interval=1m&limit=20" })
            Assert.Equal((await one.GetAsync("/api/v3/" + path)).GetRawText(), (await other.GetAsync("/api/v3/" + path)).GetRawText());
        Assert.Equal(one.Source, other.Source);
        Assert.Equal(MarketClock.Now, one.Source.Clock);
    }

    [Fact]
    public async Task In_a_loop_every_turn_repeats_the_recording_with_later_ids_and_times()
    {
        var time = new SetTime(Noon);
        await using var server = await Replay.StartAsync(new MarketReplayOptions { Time = time });
        var newest = await NewestIdAsync(server);
        var before = await server.GetAsync($"/api/v3/historicalTrades?symbol=BTCUSDT&fromId={newest - 10146}&limit=1");
        var now = await server.GetAsync($"/api/v3/historicalTrades?symbol=BTCUSDT&fromId={newest - 10146 + 10147}&limit=1");
        Assert.Equal(0, now.GetArrayLength());
        // 305 s is the length of a turn, 10,147 its trades.
        time.Now = Noon.AddSeconds(305);
        Assert.Equal(newest + 10147, await NewestIdAsync(server));
        now = await server.GetAsync($"/api/v3/historicalTrades?symbol=BTCUSDT&fromId={newest - 10146 + 10147}&limit=1");
        Assert.Equal(before[0].GetProperty("price").GetString(), now[0].GetProperty("price").GetString());
        Assert.Equal(before[0].GetProperty("id").GetInt64() + 10147, now[0].GetProperty("id").GetInt64());
        Assert.Equal(before[0].GetProperty("time").GetInt64() + 305_000, now[0].GetProperty("time").GetInt64());
    }

    [Fact]
    public async Task In_the_present_ids_have_no_holes_and_no_trade_comes_from_the_future()
    {
        await using var server = await Replay.StartAsync(new MarketReplayOptions());
        await using var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade");
        var newest = await NewestIdAsync(server);
        var last = 0L;
        for (var i = 0; i < 50; i++)
        {
            var data = JsonDocument.Parse((await client.ReceiveAsync())!).RootElement.GetProperty("data");
            var id = data.GetProperty("t").GetInt64();
            if (last > 0) Assert.Equal(last + 1, id);
            Assert.InRange(id, newest - 100, long.MaxValue);
            var age = DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(data.GetProperty("E").GetInt64());
            Assert.InRange(age.TotalSeconds, 0, 30);
            last = id;
        }
    }

    [Fact]
    public async Task The_present_clock_without_a_loop_starts_with_the_first_subscription_and_keeps_the_ids()
    {
        var options = Replay.Of(Replay.Trade(41), Replay.Trade(43));
        (options.Speed, options.Clock) = (1, MarketClock.Now);
        await using var server = await Replay.StartAsync(options);
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
        var trades = (await client.ReceiveAsync(2)).Select(m => JsonDocument.Parse(m).RootElement).ToList();
        // The hole is closed, as an exchange has none.
        Assert.Equal([41L, 42], trades.Select(t => t.GetProperty("t").GetInt64()));
        var time = DateTimeOffset.FromUnixTimeMilliseconds(trades[0].GetProperty("T").GetInt64());
        Assert.InRange(time, before, DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task The_original_clock_keeps_times_and_pace_and_goes_on_without_listeners()
    {
        // The second half comes 400 ms after the first.
        var frames = Enumerable.Range(1, 800).Select(i => Replay.Trade(i)).ToArray();
        var options = Replay.Of(frames);
        options.Speed = 2;
        await using var server = await Replay.StartAsync(options);
        await using (var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade"))
            Assert.Equal(frames[0], await client.ReceiveAsync());
        await using var late = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade");
        var first = JsonDocument.Parse((await late.ReceiveAsync())!).RootElement.GetProperty("data").GetProperty("t").GetInt64();
        Assert.InRange(first, 2, 800);
        // What was missed meanwhile is there over REST.
        var missed = await server.GetAsync($"/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1&limit={first - 1}");
        Assert.Equal(first - 1, missed[missed.GetArrayLength() - 1].GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task A_recording_that_ended_stays_served()
    {
        await using var server = await Replay.StartAsync(Replay.Of(Replay.Trade(1), Replay.Trade(2)));
        await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
        await client.ReceiveAsync(2);
        var status = await server.GetAsync("/replay/status");
        Assert.Equal("ended", status.GetProperty("state").GetString());
        Assert.Equal(2, status.GetProperty("framesSent").GetInt64());
        Assert.Equal(1723161600002000, status.GetProperty("marketTimeUs").GetInt64());
        Assert.Equal(2, (await server.GetAsync("/api/v3/trades?symbol=BTCUSDT")).GetArrayLength());
        Assert.Empty((await client.RequestAsync("""{"method":"SUBSCRIBE","params":[],"id":1}""")).GetProperty("result").ToString());
    }

    [Fact]
    public async Task At_maximum_speed_rest_has_whatever_a_client_was_sent_and_little_more()
    {
        var options = Replay.Of([.. Enumerable.Range(1, 50_000).Select(i => Replay.Trade(i))]);
        await using var server = await Replay.StartAsync(options);
        await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
        for (var round = 0; round < 20; round++)
        {
            var sent = JsonDocument.Parse((await client.ReceiveAsync(200))[^1]).RootElement.GetProperty("t").GetInt64();
            var page = await server.GetAsync($"/api/v3/historicalTrades?symbol=BTCUSDT&fromId={sent}&limit=1");
            Assert.Equal(sent, page[0].GetProperty("id").GetInt64());
        }
        // The client reads no further: sockets fill up, and the clock stands still. 4 MB hold less than 40,000 frames.
        var before = await NewestIdAsync(server);
        Assert.InRange(before, 4000, 50_000);
    }

    [Fact]
    public async Task At_maximum_speed_the_clock_waits_for_the_slowest_and_without_listeners()
    {
        var options = Replay.Of([.. Enumerable.Range(1, 200_000).Select(i => Replay.Trade(i))]);
        await using var server = await Replay.StartAsync(options);
        await using (var slow = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade"))
        await using (var quick = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade"))
        {
            await slow.ReceiveAsync();
            await quick.ReceiveAsync(5_000);
        }
        long stopped;
        do
        {
            stopped = await NewestIdAsync(server);
            await Task.Yield();
        }
        while (stopped != await NewestIdAsync(server));
        Assert.InRange(stopped, 5_000, 199_999);
        await using var again = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
        var first = JsonDocument.Parse((await again.ReceiveAsync())!).RootElement.GetProperty("t").GetInt64();
        Assert.InRange(first, stopped, 199_999);
    }

    private static async Task<long> NewestIdAsync(MarketReplayServer server)
    {
        var newest = await server.GetAsync("/api/v3/trades?symbol=BTCUSDT&limit=1");
        return newest[0].GetProperty("id").GetInt64();
    }
}
