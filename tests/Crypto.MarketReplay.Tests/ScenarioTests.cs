using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Scenarios;
using Crypto.MarketReplay.Tests.Support;
using Crypto.Testing;

namespace Crypto.MarketReplay.Tests;

public sealed class ScenarioTests : IDisposable
{
    private const int Frames = 100;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Skipped_frames_are_not_sent_but_served_over_rest()
    {
        await using var server = await StartAsync("""{"faults":[{"kind":"skip","frame":10,"frames":5}]}""");
        var ids = await IdsAsync(server, Frames - 5);
        Assert.Equal([.. Enumerable.Range(1, 10).Select(i => (long)i), .. Enumerable.Range(16, 85).Select(i => (long)i)], ids);
        Assert.Equal(Frames, (await server.GetAsync("/api/v3/trades?symbol=BTCUSDT")).GetArrayLength());
    }

    [Fact]
    public async Task Repeated_and_reordered_frames_are_all_sent()
    {
        await using var server = await StartAsync(
            """{"faults":[{"kind":"repeat","frame":10,"frames":3},{"kind":"reorder","frame":50,"frames":20}]}""");
        var ids = await IdsAsync(server, Frames + 3);
        Assert.Equal([9L, 10, 11, 12, 13, 11, 12, 13, 14], ids[8..17]);
        var window = ids[53..73];
        Assert.NotEqual(window.Order(), window);
        Assert.Equal(Enumerable.Range(51, 20).Select(i => (long)i), window.Order());
        Assert.Equal([71L, 72], ids[73..75]);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("tear")]
    public async Task A_dropped_connection_ends_without_a_close_and_the_next_one_goes_on(string kind)
    {
        await using var server = await StartAsync($$"""{"faults":[{"kind":"{{kind}}","frame":40}]}""");
        var received = 0;
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            // A connection that is dropped takes along what the client has not read, be it the answer to its handshake.
            await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
            while (await client.ReceiveAsync() is not null) received++;
        });
        Assert.InRange(received, 0, 40);
        Assert.Equal(Enumerable.Range(42, 59).Select(i => (long)i), await IdsAsync(server, 60 - 1));
        Assert.Equal(40, (await server.GetAsync("/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1&limit=40")).GetArrayLength());
    }

    [Fact]
    public async Task A_shutdown_is_announced_and_carried_out()
    {
        await using var server = await StartAsync("""{"faults":[{"kind":"shutdown","frame":100,"for":"100ms"},{"kind":"shutdown","frame":20,"for":"200ms"}]}""");
        await using var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade");
        var messages = new List<string>();
        while (await client.ReceiveAsync() is { } message) messages.Add(message);
        Assert.Equal(Frames + 1, messages.Count);
        var announced = JsonDocument.Parse(messages[20]).RootElement;
        Assert.Equal("!serverShutdown", announced.GetProperty("stream").GetString());
        Assert.Equal("serverShutdown", announced.GetProperty("data").GetProperty("e").GetString());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task Garbage_and_oversized_messages_come_between_frames()
    {
        await using var server = await StartAsync(
            """{"faults":[{"kind":"garbage","frame":1,"text":"<html>"},{"kind":"oversized","frame":2,"bytes":900000}]}""");
        await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
        var messages = await client.ReceiveAsync(5);
        Assert.Equal("<html>", messages[1]);
        Assert.Equal(900_000 + 8, messages[3].Length);
    }

    [Fact]
    public async Task In_a_silence_nothing_is_said_and_what_passes_is_lost()
    {
        await using var server = await StartAsync("""{"faults":[{"kind":"silence","frame":30,"frames":10,"for":"400ms"}]}""");
        var started = Stopwatch.GetTimestamp();
        var ids = await IdsAsync(server, Frames - 10);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 390, 60_000);
        Assert.Equal([30L, 41], ids[29..31]);
    }

    [Fact]
    public async Task Rest_refuses_as_often_as_wanted_and_then_answers()
    {
        await using var server = await StartAsync(
            """{"faults":[{"kind":"status","frame":0,"status":429,"retryAfter":7,"requests":2},{"kind":"status","frame":0,"status":451},{"kind":"cut","frame":0},{"kind":"timeout","frame":0,"for":"100ms"}]}""");
        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await server.GetResponseAsync("/api/v3/time");
            statuses.Add((int)response.StatusCode);
            if (i < 2) Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter!.Delta);
        }
        Assert.Equal([429, 429, 451], statuses);
        await Assert.ThrowsAsync<HttpRequestException>(() => server.GetResponseAsync("/api/v3/time"));
        await Assert.ThrowsAsync<HttpRequestException>(() => server.GetResponseAsync("/api/v3/time"));
        using var answered = await server.GetResponseAsync("/api/v3/time");
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Handshakes_can_be_refused()
    {
        await using var server = await StartAsync("""{"faults":[{"kind":"refuse","at":"0s","status":418}]}""");
        await Assert.ThrowsAsync<WebSocketException>(() => StreamClient.ConnectAsync(server, "/ws"));
        await using var client = await StreamClient.ConnectAsync(server, "/ws");
    }

    [Fact]
    public async Task Compressed_days_end_connections_early()
    {
        await using var server = await StartAsync("""{"connectionLifetime":"200ms"}""");
        await using var client = await StreamClient.ConnectAsync(server, "/ws");
        Assert.Null(await client.ReceiveAsync());
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"faults":[{"kind":"jump","frame":1}]}""", "cannot be read")]
    [InlineData("""{"faults":[{"kind":"skip"}]}""", "impossible fault 1 (Skip): needs either frame or at")]
    [InlineData("""{"faults":[{"kind":"skip","frame":1,"frames":5000}]}""", "frames is not 1 to 1000")]
    [InlineData("""{"faults":[{"kind":"silence","frame":1,"for":"soon"}]}""", "'soon' is no duration")]
    [InlineData("""{"fault":[]}""", "cannot be read")]
    public async Task An_impossible_scenario_is_refused_in_one_line(string json, string message)
    {
        var refusal = await Assert.ThrowsAsync<FatalException>(() => StartAsync(json));
        Assert.Contains(message, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_seed_makes_the_same_scenario_every_time_and_its_json_reads_back()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var text = $"{seed}";
            var scenario = Scenario.Load(text, 10_000);
            Assert.Equal(scenario.ToJson(), Scenario.Load(text, 10_000).ToJson());
            Assert.NotEqual(scenario.ToJson(), Scenario.Load($"{seed + 1}", 10_000).ToJson());
            Assert.All(scenario.Faults, f => Assert.InRange(f.Frame!.Value, 0, 9_000));
            var file = Path.Combine(_folder.Path, "seed.json");
            File.WriteAllText(file, scenario.ToJson());
            Assert.Equal(scenario.ToJson(), Scenario.Load(file, 10_000).ToJson());
        }
    }

    [Fact]
    public async Task Whatever_a_seed_does_stream_and_rest_together_have_every_id()
    {
        var seen = new ConcurrentBag<int>();
        // Mostly they wait, in silences and for shutdowns.
        await Parallel.ForEachAsync(
            Enumerable.Range(1, TestScale.Count(100)), new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (seed, _) =>
                seen.Add(await PlayAsync(seed)));
        // A busy machine may play one seed to its end before its client has read a frame; not half of them.
        Assert.True(seen.Count(ids => ids == 0) * 2 < seen.Count, $"the streams brought {string.Join(' ', seen)} ids");
    }

    /// <returns>How many ids the stream brought.</returns>
    private static async Task<int> PlayAsync(int seed)
    {
        const int Trades = 3000;
        var options = Replay.Of([.. Enumerable.Range(1, Trades).Select(i => Replay.Trade(i))]);
        (options.Scenario, options.WeightPerMinute, options.ConnectionsPerFiveMinutes) = ($"{seed}", 0, 0);
        await using var server = await Replay.StartAsync(options);
        var seen = new HashSet<long>();
        while (server.Status.State != Clocks.ReplayState.Ended) await ListenAsync(server, seed, seen);
        for (var next = 1L; next <= Trades;)
        {
            using var response = await TryGetAsync(server, $"/api/v3/historicalTrades?symbol=BTCUSDT&limit=1000&fromId={next}");
            if (response is not { IsSuccessStatusCode: true }) continue;
            foreach (var trade in JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.EnumerateArray())
                Assert.Equal(next++, trade.GetProperty("id").GetInt64());
        }
        Assert.All(seen, id => Assert.InRange(id, 1, Trades));
        return seen.Count;
    }

    private static async Task ListenAsync(MarketReplayServer server, int seed, HashSet<long> seen)
    {
        try
        {
            await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
            while (server.Status.State != Clocks.ReplayState.Ended && await client.ReceiveAsync() is { } message)
                if (message.StartsWith("{\"e\":\"trade\"", StringComparison.Ordinal) && message.Contains("\"BTCUSDT\",\"t\":", StringComparison.Ordinal))
                    seen.Add(JsonDocument.Parse(message).RootElement.GetProperty("t").GetInt64());
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"seed {seed}: {server.Status}, seen {seen.Count}", e);
        }
        catch (Exception e) when (e is WebSocketException or InvalidDataException)
        {
            // Dropped, refused, or sent more than it takes: the next connection goes on.
            return;
        }
    }

    private static async Task<HttpResponseMessage?> TryGetAsync(MarketReplayServer server, string path)
    {
        try
        {
            return await server.GetResponseAsync(path);
        }
        catch (Exception e) when (HttpFailure.Is(e))
        {
            return null;
        }
    }

    private async Task<MarketReplayServer> StartAsync(string scenario)
    {
        var options = Replay.Of([.. Enumerable.Range(1, Frames).Select(i => Replay.Trade(i))]);
        options.Scenario = Path.Combine(_folder.Path, "scenario.json");
        await File.WriteAllTextAsync(options.Scenario, scenario);
        return await Replay.StartAsync(options);
    }

    private static async Task<List<long>> IdsAsync(MarketReplayServer server, int count)
    {
        await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
        return [.. (await client.ReceiveAsync(count)).Select(m => JsonDocument.Parse(m).RootElement.GetProperty("t").GetInt64())];
    }
}
