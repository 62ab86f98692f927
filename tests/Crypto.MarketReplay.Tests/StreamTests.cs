using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
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

    [Fact]
    public async Task Raw_streams_carry_the_bare_payload()
    {
        await using var server = await Replay.StartAsync(Replay.Of(Replay.Trade(7)));
        await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade/ethusdt@trade");
        var trade = JsonDocument.Parse((await client.ReceiveAsync())!).RootElement;
        Assert.Equal("trade", trade.GetProperty("e").GetString());
        Assert.Equal(7, trade.GetProperty("t").GetInt64());
    }

    [Fact]
    public async Task Raw_recordings_are_wrapped_for_combined_streams()
    {
        var raw = Replay.Trade(7);
        raw = raw[raw.IndexOf("{\"e\"", StringComparison.Ordinal)..^1];
        await using var server = await Replay.StartAsync(Replay.Of(raw));
        await using var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade");
        Assert.Equal(Replay.Trade(7), await client.ReceiveAsync());
    }

    [Fact]
    public async Task Microseconds_come_where_the_url_asks_for_them()
    {
        await using var server = await Replay.StartAsync(Replay.Of(Replay.Trade(1)));
        await using var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade&timeUnit=MICROSECOND");
        var expected = Replay.Trade(1).Replace("1723161600001", "1723161600001000", StringComparison.Ordinal);
        Assert.Equal(expected, await client.ReceiveAsync());
    }

    [Fact]
    public async Task Aggregates_are_derived_and_agree_with_rest()
    {
        await using var server = await Replay.StartAsync(Replay.AtMaximumSpeed());
        await using var client = await StreamClient.ConnectAsync(server, "/ws/ethusdt@aggTrade");
        var streamed = (await client.ReceiveAsync(1000)).Select(m => JsonDocument.Parse(m).RootElement).ToList();
        var rest = await server.GetAsync("/api/v3/aggTrades?symbol=ETHUSDT&fromId=1&limit=1000");
        foreach (var (event_, row) in streamed.Zip(rest.EnumerateArray()))
            foreach (var field in new[] { "a", "p", "q", "f", "l", "T", "m" })
                Assert.Equal(row.GetProperty(field).ToString(), event_.GetProperty(field).ToString());
        Assert.Contains(streamed, a => a.GetProperty("l").GetInt64() > a.GetProperty("f").GetInt64());
    }

    [Fact]
    public async Task Requests_over_the_socket_are_answered_as_documented()
    {
        var options = Replay.Of([.. Enumerable.Range(1, 5).Select(i => Replay.Trade(i))]);
        options.MessagesPerSecond = 0;
        await using var server = await Replay.StartAsync(options);
        await using var client = await StreamClient.ConnectAsync(server, "/ws");
        Assert.Equal("[]", (await client.RequestAsync("""{"method":"LIST_SUBSCRIPTIONS","id":3}""")).GetProperty("result").GetRawText());
        Assert.Equal("""{"result":null,"id":"a1"}""", (await client.RequestAsync("""{"method":"SUBSCRIBE","params":["ethusdt@trade","xrpusdt@kline_1m"],"id":"a1"}""")).GetRawText());
        Assert.Equal("""["ethusdt@trade","xrpusdt@kline_1m"]""", (await client.RequestAsync("""{"method":"LIST_SUBSCRIPTIONS","id":3}""")).GetProperty("result").GetRawText());
        Assert.Equal("""{"result":null,"id":4}""", (await client.RequestAsync("""{"method":"UNSUBSCRIBE","params":["ethusdt@trade"],"id":4}""")).GetRawText());
        Assert.Equal("""{"result":false,"id":5}""", (await client.RequestAsync("""{"method":"GET_PROPERTY","params":["combined"],"id":5}""")).GetRawText());
        Assert.Equal(3, (await client.RequestAsync("{nonsense")).GetProperty("code").GetInt32());
        Assert.StartsWith("Invalid request: missing field `method`", (await client.RequestAsync("""{"id":5}""")).GetProperty("msg").GetString());
        Assert.StartsWith("Invalid request: unknown variant `JUMP`", (await client.RequestAsync("""{"method":"JUMP","id":5}""")).GetProperty("msg").GetString());
        Assert.Equal(2, (await client.RequestAsync("""{"method":"LIST_SUBSCRIPTIONS","id":[1]}""")).GetProperty("code").GetInt32());
        Assert.Equal("""{"code":0,"msg":"Unknown property","id":6}""", (await client.RequestAsync("""{"method":"SET_PROPERTY","params":["speed",1],"id":6}""")).GetRawText());
        await client.RequestAsync("""{"method":"SET_PROPERTY","params":["combined",true],"id":7}""");
        await client.RequestAsync("""{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":8}""");
        Assert.Equal(Replay.Trade(1), await client.ReceiveAsync());
    }

    [Fact]
    public async Task More_than_five_messages_a_second_end_the_connection()
    {
        await using var server = await Replay.StartAsync(Replay.Of(Replay.Trade(1)));
        await using var client = await StreamClient.ConnectAsync(server, "/ws");
        for (var i = 0; i < 6; i++) await client.SendAsync("""{"method":"LIST_SUBSCRIPTIONS","id":3}""");
        var answers = 0;
        while (await client.ReceiveAsync() is not null) answers++;
        Assert.Equal(5, answers);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.CloseStatus);
    }

    [Fact]
    public async Task Too_many_connections_are_refused()
    {
        var options = Replay.Of(Replay.Trade(1));
        options.ConnectionsPerFiveMinutes = 2;
        await using var server = await Replay.StartAsync(options);
        await using var one = await StreamClient.ConnectAsync(server, "/ws");
        await using var two = await StreamClient.ConnectAsync(server, "/ws");
        await Assert.ThrowsAsync<WebSocketException>(() => StreamClient.ConnectAsync(server, "/ws"));
    }

    [Fact]
    public async Task Connections_end_at_their_time_and_without_pongs()
    {
        var options = Replay.Of(Replay.Trade(1));
        options.ConnectionLifetime = TimeSpan.FromMilliseconds(300);
        await using var server = await Replay.StartAsync(options);
        await using var client = await StreamClient.ConnectAsync(server, "/ws");
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task Pings_are_answered_by_a_client_that_reads_and_a_silent_one_is_dropped()
    {
        var options = Replay.Of(Replay.Trade(1));
        options.PingInterval = TimeSpan.FromMilliseconds(100);
        options.PongTimeout = TimeSpan.FromSeconds(2);
        options.MessagesPerSecond = 0;
        await using var server = await Replay.StartAsync(options);
        await using var reading = await StreamClient.ConnectAsync(server, "/ws");
        // The framework's client answers pings while it receives.
        var answer = reading.ReceiveAsync();
        var sent = await RawClient.ReadToEndAsync(server, "/ws");
        Assert.InRange(sent.Count(b => b == 0x89), 2, 25);
        Assert.False(answer.IsCompleted);
    }

    [Fact]
    public async Task A_plain_request_for_a_stream_is_refused()
    {
        await using var server = await Replay.StartAsync(Replay.Of(Replay.Trade(1)));
        using var response = await server.GetResponseAsync("/ws/btcusdt@trade");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
