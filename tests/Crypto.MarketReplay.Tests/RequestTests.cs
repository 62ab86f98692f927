using System.Text;
using System.Text.Json;
using Crypto.MarketReplay.Tests.Support;

namespace Crypto.MarketReplay.Tests;

/// <summary>Requests are checked, weighed and answered as Binance's documentation says, at both venues.</summary>
public sealed class RequestTests
{
    private static readonly HttpClient Http = new();

    [Theory]
    [InlineData("/api/v3/trades?symbol=BTCUSDT&limit=0", -1130)]
    [InlineData("/api/v3/trades?symbol=BTCUSDT&limit=-1", -1100)]
    [InlineData("/api/v3/trades?symbol=BTCUSDT&limit=99999999999999999999", -1100)]
    [InlineData("/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1.5", -1100)]
    [InlineData("/api/v3/aggTrades?symbol=BTCUSDT&startTime=2&endTime=1", -1128)]
    [InlineData("/api/v3/klines?symbol=BTCUSDT", -1102)]
    [InlineData("/api/v3/klines?interval=1m", -1102)]
    [InlineData("/api/v3/klines?symbol=BTCUSDT&interval=1M", -1120)]
    [InlineData("/api/v3/ticker/24hr?symbol=BTCUSDT&symbols=[%22BTCUSDT%22]", -1128)]
    [InlineData("/api/v3/ticker/24hr?symbols=BTCUSDT", -1100)]
    [InlineData("/api/v3/ticker/24hr?symbols=[%22NOPE%22]", -1121)]
    [InlineData("/api/v3/trades?symbol=AVERYLONGSYMBOLOFTWENTYONE", -1100)]
    public async Task A_bad_parameter_has_the_exchanges_code(string path, int code)
    {
        await using var server = await SpotAsync();

        using var response = await server.GetResponseAsync(path);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(code, (await JsonAsync(response)).GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("historicalTrades", 501)]
    [InlineData("trades", 1001)]
    [InlineData("aggTrades", 1001)]
    public async Task Futures_refuse_a_limit_that_spot_cuts(string endpoint, int limit)
    {
        await using var futures = await FuturesAsync();
        await using var spot = await SpotAsync();

        using var refused = await futures.GetResponseAsync($"/fapi/v1/{endpoint}?symbol=BTCUSDT&limit={limit}");
        using var cut = await spot.GetResponseAsync($"/api/v3/{endpoint}?symbol=BTCUSDT&limit={limit}");

        Assert.Equal((400, 200), ((int)refused.StatusCode, (int)cut.StatusCode));
        Assert.Equal(-1130, (await JsonAsync(refused)).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Spot_requests_weigh_what_the_documentation_says()
    {
        await using var server = await SpotAsync();

        await WeighAsync(server,
            ("/api/v3/ping", 1), ("/api/v3/time", 1), ("/api/v3/exchangeInfo", 20), ("/api/v3/trades?symbol=BTCUSDT", 25),
            ("/api/v3/historicalTrades?symbol=BTCUSDT", 25), ("/api/v3/aggTrades?symbol=BTCUSDT", 4),
            ("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1000", 2), ("/api/v3/ticker/24hr?symbol=BTCUSDT", 2),
            ("/api/v3/ticker/24hr?symbols=[%22BTCUSDT%22]", 2), ("/api/v3/ticker/24hr", 80), ("/api/v3/trades?symbol=NOPE", 25));
    }

    [Fact]
    public async Task Futures_requests_weigh_what_the_documentation_says()
    {
        await using var server = await FuturesAsync();
        const string Klines = "/fapi/v1/klines?symbol=BTCUSDT&interval=1m";

        await WeighAsync(server,
            ("/fapi/v1/exchangeInfo", 1), ("/fapi/v1/trades?symbol=BTCUSDT", 5), ("/fapi/v1/historicalTrades?symbol=BTCUSDT", 20),
            ("/fapi/v1/aggTrades?symbol=BTCUSDT", 20), (Klines, 5), ($"{Klines}&limit=99", 1), ($"{Klines}&limit=100", 2),
            ($"{Klines}&limit=500", 5), ($"{Klines}&limit=1000", 5), ($"{Klines}&limit=1001", 10),
            ("/fapi/v1/ticker/24hr?symbol=BTCUSDT", 1), ("/fapi/v1/ticker/24hr", 40));
    }

    [Fact]
    public async Task Times_are_in_microseconds_for_who_asks_for_them()
    {
        await using var server = await SpotAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/api/v3/klines?symbol=BTCUSDT&interval=1m");
        request.Headers.Add("X-MBX-TIME-UNIT", "microsecond");

        using var response = await Http.SendAsync(request);

        var kline = (await JsonAsync(response))[0];
        Assert.Equal((1723161600000000, 1723161659999999), (kline[0].GetInt64(), kline[6].GetInt64()));
    }

    [Fact]
    public async Task History_may_ask_for_a_key_and_nothing_else_does()
    {
        var options = Replay.Of(Replay.Trade(1));
        options.RequiresApiKey = true;
        await using var server = await Replay.StartAsync(options);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/api/v3/historicalTrades?symbol=BTCUSDT");
        request.Headers.Add("X-MBX-APIKEY", "key");

        using var refused = await server.GetResponseAsync("/api/v3/historicalTrades?symbol=BTCUSDT");
        using var granted = await Http.SendAsync(request);
        using var open = await server.GetResponseAsync("/api/v3/trades?symbol=BTCUSDT");

        Assert.Equal((401, 200, 200), ((int)refused.StatusCode, (int)granted.StatusCode, (int)open.StatusCode));
        Assert.Equal(-2014, (await JsonAsync(refused)).GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Only_questions_are_answered()
    {
        await using var server = await SpotAsync();

        using var response = await Http.PostAsync($"{server.Url}/api/v3/ping", new StringContent(""));

        Assert.Equal(405, (int)response.StatusCode);
    }

    private static async Task WeighAsync(MarketReplayServer server, params (string Path, int Weight)[] requests)
    {
        var before = 0;
        foreach (var (path, weight) in requests)
        {
            using var response = await server.GetResponseAsync(path);
            var used = int.Parse(response.Headers.GetValues("X-MBX-USED-WEIGHT-1M").Single(), provider: null);
            Assert.Equal((path, weight), (path, used - before));
            before = used;
        }
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    // Wall time stands still, so that no minute ends between two requests.
    private static async Task<MarketReplayServer> SpotAsync()
    {
        var options = Replay.Of(Replay.Trade(1, timeMs: 1723161600000), Replay.Trade(2, timeMs: 1723161630000));
        options.Time = new SetTime(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        var server = await Replay.StartAsync(options);
        await using var client = await StreamClient.ConnectAsync(server, "/ws/btcusdt@trade");
        await client.ReceiveAsync(2);
        return server;
    }

    private static Task<MarketReplayServer> FuturesAsync()
    {
        var frame = new StringBuilder("{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161600000,\"T\":1723161600000,\"s\":\"BTCUSDT\",")
            .Append("\"t\":1,\"p\":\"100.00\",\"q\":\"1.000\",\"X\":\"MARKET\",\"m\":false}}").ToString();
        var options = Replay.Of(frame);
        options.Venue = "binance-usdm";
        options.Time = new SetTime(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        return Replay.StartAsync(options);
    }
}
