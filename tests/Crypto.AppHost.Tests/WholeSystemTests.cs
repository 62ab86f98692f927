using System.Globalization;
using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Crypto.Market.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Crypto.AppHost.Tests;

[Collection(SystemTests.Name)]
public sealed class WholeSystemTests(SystemFixture system)
{
    [Fact]
    public async Task Every_resource_of_the_map_is_healthy_or_has_done_its_work()
    {
        var model = system.App.Services.GetRequiredService<DistributedApplicationModel>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var seen = new List<string>();
        foreach (var resource in model.Resources.Where(IsShown))
        {
            await system.App.ResourceNotifications.WaitForResourceAsync(resource.Name, IsWell, patience.Token);
            seen.Add(resource.Name);
        }
        string[] map = ["aggregation", "exchange", "ingestion", "kafka", "kafka-broker", "marketdata", "marketdata-server", "migrations", "query", "storage"];
        Assert.Equal(map, seen.Order(StringComparer.Ordinal));

        // Parameters have no health; helpers that the dashboard starts on demand are in no map. (One of ours would be missed below.)
        bool IsShown(IResource resource) => resource is not ParameterResource
            && !(system.App.ResourceNotifications.TryGetCurrentState(resource.Name, out var now)
                && (now.Snapshot.IsHidden || now.Snapshot.State?.Text == KnownResourceStates.NotStarted));

        static bool IsWell(ResourceEvent update) => update.Resource.Name == "migrations"
            ? update.Snapshot.State?.Text == KnownResourceStates.Finished && update.Snapshot.ExitCode == 0
            : update.Snapshot.State?.Text == KnownResourceStates.Running && update.Snapshot.HealthStatus == HealthStatus.Healthy;
    }

    [Theory]
    [InlineData("ingestion")]
    [InlineData("storage")]
    [InlineData("aggregation")]
    [InlineData("query")]
    public async Task A_service_says_what_it_does_and_that_it_lives(string service)
    {
        // Degraded is no failure, and on a busy machine a broker may answer late.
        var health = await system.UntilAsync("/health", json => json.GetProperty("status").GetString() == "healthy", service);
        Assert.True(health.GetProperty("roles").TryGetProperty(service, out var role), health.GetRawText());
        using var http = system.App.CreateHttpClient(service, "http");
        if (service == "query") Assert.Equal("crypto_reader", role.GetProperty("readsAs").GetString());
        using var alive = await http.GetAsync("/alive");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Fact]
    public async Task Trades_become_candles_that_count_what_the_ledger_has()
    {
        await system.UntilAsync("/coverage/ETHUSDT", coverage => coverage.GetProperty("stored").GetInt64() > 1000);
        var candles = await system.UntilAsync("/ohlc/ETHUSDT?interval=1m&limit=5", json => json.GetProperty("candles").GetArrayLength() > 0);
        foreach (var candle in candles.GetProperty("candles").EnumerateArray())
        {
            var (low, high) = (Number(candle.GetProperty("low").GetString()!), Number(candle.GetProperty("high").GetString()!));
            Assert.True(low > 0 && low <= high);
        }
    }

    [Fact]
    public async Task Slow_feeds_are_stored_beside_the_trades()
    {
        await system.UntilAsync("/sentiment", json => json.GetRawText().Contains("value", StringComparison.Ordinal));
        await system.UntilAsync("/news", json => json.GetRawText().Contains("title", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_official_grpc_server_gives_what_rest_gives()
    {
        await system.UntilAsync("/ohlc/BTCUSDT?interval=1m&limit=3", json => json.GetProperty("candles").GetArrayLength() == 3);
        using var channel = GrpcChannel.ForAddress(system.App.GetEndpoint("query", "grpc"));
        var call = new CallInvokerOf(channel);
        var listed = await call.UnaryAsync<ListCandlesRequest, ListCandlesResponse>(
            "ListCandles", new ListCandlesRequest { Symbol = "BTCUSDT", Interval = "1m", Limit = 3 });
        Assert.Equal(3, listed.Candles.Count);
        var opened = listed.Candles[0].OpenTime.ToDateTime();
        var (from, to) = (Text(opened), Text(opened.AddMinutes(1)));
        var minute = new ListCandlesRequest
        {
            Symbol = "BTCUSDT",
            Interval = "1m",
            From = Timestamp.FromDateTime(opened),
            To = Timestamp.FromDateTime(opened.AddMinutes(1)),
        };
        // History may still be coming in: asked one after the other until both saw the same state of the candle.
        await system.UntilAsync($"/ohlc/BTCUSDT?interval=1m&limit=1&from={from}&to={to}", json =>
        {
            var rest = json.GetProperty("candles")[0];
            var grpc = call.UnaryAsync<ListCandlesRequest, ListCandlesResponse>("ListCandles", minute).GetAwaiter().GetResult().Candles[0];
            if (grpc.Version != rest.GetProperty("version").GetInt64()) return false;
            Assert.Equal(rest.GetProperty("open").GetString(), grpc.Open);
            Assert.Equal(rest.GetProperty("volume").GetString(), grpc.Volume);
            Assert.Equal(rest.GetProperty("tradeCount").GetInt64(), grpc.TradeCount);
            return true;
        });
        var unknown = await Assert.ThrowsAsync<RpcException>(() => call.UnaryAsync<ListCandlesRequest, ListCandlesResponse>(
            "ListCandles", new ListCandlesRequest { Symbol = "NOSUCH", Interval = "1m" }));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Candles_are_streamed_as_they_change()
    {
        await system.UntilAsync("/ohlc/BTCUSDT?interval=1m&limit=1", json => json.GetProperty("candles").GetArrayLength() > 0);
        using var channel = GrpcChannel.ForAddress(system.App.GetEndpoint("query", "grpc"));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var stream = new CallInvokerOf(channel).Stream<StreamCandlesRequest, StreamCandlesResponse>(
            "StreamCandles", new StreamCandlesRequest { Symbol = "BTCUSDT", Interval = "1m" }, patience.Token);
        var versions = new List<long>();
        while (versions.Count < 3 && await stream.ResponseStream.MoveNext(patience.Token)) versions.Add(stream.ResponseStream.Current.Candle.Version);
        Assert.Equal(3, versions.Count);
    }

    [Fact]
    public async Task A_service_that_was_stopped_catches_up_after_its_start()
    {
        var before = await system.UntilAsync("/coverage/BTCUSDT", coverage => coverage.GetProperty("stored").GetInt64() > 0);
        var commands = system.App.ResourceCommands;
        Assert.True((await commands.ExecuteCommandAsync("ingestion", KnownResourceCommands.StopCommand)).Success);
        await system.App.ResourceNotifications.WaitForResourceAsync("ingestion", KnownResourceStates.TerminalStates);
        Assert.True((await commands.ExecuteCommandAsync("ingestion", KnownResourceCommands.StartCommand)).Success);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await system.App.ResourceNotifications.WaitForResourceHealthyAsync("ingestion", patience.Token);
        var last = before.GetProperty("lastTradeId").GetInt64();
        // What was traded meanwhile is fetched: the newest range reaches from before the stop to after the start.
        await system.UntilAsync("/coverage/BTCUSDT", coverage => coverage.GetProperty("ranges").EnumerateArray().Any(
            range => range.GetProperty("first").GetInt64() <= last && range.GetProperty("last").GetInt64() > last + 50));
    }

    private static string Text(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
