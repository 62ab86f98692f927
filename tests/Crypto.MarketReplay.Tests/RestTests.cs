using System.Net;
using System.Text.Json;
using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Tests.Support;
using Crypto.Testing;

namespace Crypto.MarketReplay.Tests;

public class RestTests
{
    [Fact]
    public async Task Historical_trades_page_through_every_id_as_recorded()
    {
        await using var server = await PlayedAsync(Replay.AtMaximumSpeed());
        var file = SampleRecording.Files.Single(f => f.Contains("btc", StringComparison.Ordinal));
        var recorded = Replay.Lines(file).Select(l => JsonDocument.Parse(l.Frame).RootElement.GetProperty("data")).ToList();
        var next = 0;
        while (next < recorded.Count)
        {
            var page = await server.GetAsync($"/api/v3/historicalTrades?symbol=BTCUSDT&limit=1000&fromId={recorded[next].GetProperty("t").GetInt64()}");
            Assert.NotEqual(0, page.GetArrayLength());
            foreach (var trade in page.EnumerateArray())
            {
                var frame = recorded[next++];
                Assert.Equal(frame.GetProperty("t").GetInt64(), trade.GetProperty("id").GetInt64());
                Assert.Equal(frame.GetProperty("p").GetString(), trade.GetProperty("price").GetString());
                Assert.Equal(frame.GetProperty("q").GetString(), trade.GetProperty("qty").GetString());
                Assert.Equal(frame.GetProperty("T").GetInt64(), trade.GetProperty("time").GetInt64());
                Assert.Equal(frame.GetProperty("m").GetBoolean(), trade.GetProperty("isBuyerMaker").GetBoolean());
            }
        }
    }

    [Fact]
    public async Task Trades_without_a_start_are_the_newest_and_an_id_beyond_them_finds_none()
    {
        await using var server = await PlayedAsync(Replay.Of([.. Enumerable.Range(1, 700).Select(i => Replay.Trade(i))]));
        foreach (var endpoint in new[] { "trades", "historicalTrades" })
        {
            var newest = await server.GetAsync($"/api/v3/{endpoint}?symbol=BTCUSDT&limit=3");
            Assert.Equal([698L, 699, 700], newest.EnumerateArray().Select(t => t.GetProperty("id").GetInt64()));
            Assert.Equal(500, (await server.GetAsync($"/api/v3/{endpoint}?symbol=BTCUSDT")).GetArrayLength());
        }
        Assert.Equal(0, (await server.GetAsync("/api/v3/historicalTrades?symbol=BTCUSDT&fromId=701")).GetArrayLength());
        Assert.Equal(1, (await server.GetAsync("/api/v3/historicalTrades?symbol=BTCUSDT&fromId=0&limit=1"))[0].GetProperty("id").GetInt64());
    }

    [Fact]
    public async Task Rest_shows_nothing_before_the_first_subscription()
    {
        await using var server = await Replay.StartAsync(Replay.AtMaximumSpeed());
        Assert.Equal(0, (await server.GetAsync("/api/v3/trades?symbol=BTCUSDT")).GetArrayLength());
        Assert.Equal(0, (await server.GetAsync("/api/v3/aggTrades?symbol=BTCUSDT")).GetArrayLength());
        Assert.Equal(0, (await server.GetAsync("/api/v3/klines?symbol=BTCUSDT&interval=1m")).GetArrayLength());
        Assert.Equal("waiting", (await server.GetAsync("/replay/status")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Aggregates_join_neighbours_of_one_time_price_and_side()
    {
        await using var server = await PlayedAsync(Replay.Of(
            Replay.Trade(1, timeMs: 1723161600000, quantity: "1.50000000"),
            Replay.Trade(2, timeMs: 1723161600000, quantity: "0.25000000"),
            Replay.Trade(3, timeMs: 1723161600000, price: "101.00000000"),
            Replay.Trade(4, timeMs: 1723161600000, price: "101.00000000", isBuyerMaker: true),
            Replay.Trade(5, timeMs: 1723161600500, price: "101.00000000", isBuyerMaker: true)));
        var aggregates = await server.GetAsync("/api/v3/aggTrades?symbol=BTCUSDT");
        Assert.Equal(
            ["1:1-2 1.75000000", "2:3-3 1.00000000", "3:4-4 1.00000000", "4:5-5 1.00000000"],
            aggregates.EnumerateArray().Select(a =>
                $"{a.GetProperty("a")}:{a.GetProperty("f")}-{a.GetProperty("l")} {a.GetProperty("q").GetString()}"));
        Assert.Equal([3L, 4], Ids(await server.GetAsync("/api/v3/aggTrades?symbol=BTCUSDT&fromId=3")));
        Assert.Equal([1L, 2, 3], Ids(await server.GetAsync("/api/v3/aggTrades?symbol=BTCUSDT&endTime=1723161600499")));
        Assert.Equal([4L], Ids(await server.GetAsync("/api/v3/aggTrades?symbol=BTCUSDT&startTime=1723161600001&endTime=1723161600500")));
        Assert.Equal([3L, 4], Ids(await server.GetAsync("/api/v3/aggTrades?symbol=BTCUSDT&limit=2")));

        static IEnumerable<long> Ids(JsonElement answer) => answer.EnumerateArray().Select(a => a.GetProperty("a").GetInt64());
    }

    [Fact]
    public async Task Futures_klines_equal_the_exchanges_own_in_every_field()
    {
        var options = Replay.AtMaximumSpeed(TestData.PathOf(TestData.UsdmBtcusdt));
        options.Venue = "binance-usdm";
        await using var server = await PlayedAsync(options);
        var expected = File.ReadLines(TestData.PathOf(TestData.UsdmBtcusdtKlines)).Skip(1).ToList();
        var first = expected[0].Split(',')[0];
        var klines = await server.GetAsync($"/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime={first}&limit={expected.Count}");
        Assert.Equal(expected, klines.EnumerateArray().Select(k => string.Join(',', k.EnumerateArray().Select(v => v.ToString()))));
    }

    [Fact]
    public async Task Minutes_without_trades_are_flat()
    {
        await using var server = await PlayedAsync(Replay.Of(
            Replay.Trade(1, timeMs: 1723161600000), Replay.Trade(2, timeMs: 1723161600000 + 150_000, price: "99.00000000")));
        var klines = await server.GetAsync("/api/v3/klines?symbol=BTCUSDT&interval=1m");
        Assert.Equal(
            ["1723161600000 100.00000000 1", "1723161660000 100.00000000 0", "1723161720000 99.00000000 1"],
            klines.EnumerateArray().Select(k => $"{k[0]} {k[4].GetString()} {k[8]}"));
    }

    [Fact]
    public async Task A_zero_price_frame_has_an_id_but_is_no_trade_of_rest()
    {
        await using var server = await PlayedAsync(Replay.Of(
            Replay.Trade(1), Replay.Trade(2, price: "0.00000000", quantity: "0.00000000"), Replay.Trade(3)));
        var trades = await server.GetAsync("/api/v3/historicalTrades?symbol=BTCUSDT&fromId=1");
        Assert.Equal([1L, 3], trades.EnumerateArray().Select(t => t.GetProperty("id").GetInt64()));
        Assert.Equal(2, (await server.GetAsync("/api/v3/aggTrades?symbol=BTCUSDT")).GetArrayLength());
    }

    [Theory]
    [InlineData("/api/v3/trades?symbol=NOPE", 400, """{"code":-1121,"msg":"Invalid symbol."}""")]
    [InlineData("/api/v3/trades?symbol=btcusdt", 400, """{"code":-1100,"msg":"Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."}""")]
    [InlineData("/api/v3/historicalTrades", 400, """{"code":-1102,"msg":"Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."}""")]
    [InlineData("/api/v3/klines?symbol=BTCUSDT&interval=7m", 400, """{"code":-1120,"msg":"Invalid interval."}""")]
    [InlineData("/api/v3/trades?symbol=BTCUSDT&limit=x", 400, """{"code":-1100,"msg":"Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'."}""")]
    [InlineData("/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", 400, """{"code":-1128,"msg":"Combination of optional parameters invalid."}""")]
    [InlineData("/api/v3/ping", 200, "{}")]
    [InlineData("/api/v3/nothing", 404, "")]
    [InlineData("/fapi/v1/ping", 404, "")]
    public async Task Errors_have_the_exchanges_form(string path, int status, string body)
    {
        await using var server = await Replay.StartAsync(Replay.Of(Replay.Trade(1)));
        using var response = await server.GetResponseAsync(path);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Weight_is_counted_told_and_beyond_the_limit_refused()
    {
        var options = Replay.Of(Replay.Trade(1));
        options.WeightPerMinute = 60;
        var time = new SetTime(new DateTimeOffset(2026, 11, 21, 12, 0, 30, TimeSpan.Zero));
        options.Time = time;
        await using var server = await Replay.StartAsync(options);
        for (var i = 1; i <= 14; i++)
        {
            using var response = await server.GetResponseAsync("/api/v3/trades?symbol=BTCUSDT");
            Assert.Equal(i <= 2 ? 200 : i <= 13 ? 429 : 418, (int)response.StatusCode);
            if (i == 14) break;
            Assert.Equal($"{25 * i}", response.Headers.GetValues("X-MBX-USED-WEIGHT-1M").Single());
            if (i > 2) Assert.Equal(TimeSpan.FromSeconds(30), response.Headers.RetryAfter!.Delta);
        }
        time.Now = time.Now.AddMinutes(3);
        using var forgiven = await server.GetResponseAsync("/api/v3/trades?symbol=BTCUSDT");
        Assert.Equal(HttpStatusCode.OK, forgiven.StatusCode);
    }

    [Fact]
    public async Task Exchange_info_and_ticker_tell_of_the_recorded_symbols()
    {
        await using var server = await PlayedAsync(Replay.Of(Replay.Trade(1), Replay.Trade(2, price: "90.00000000"), Replay.Trade(1, "ETHUSDT")));
        var info = await server.GetAsync("/api/v3/exchangeInfo");
        Assert.Equal(["BTC/USDT", "ETH/USDT"], info.GetProperty("symbols").EnumerateArray()
            .Select(s => $"{s.GetProperty("baseAsset").GetString()}/{s.GetProperty("quoteAsset").GetString()}"));
        Assert.Equal(6000, info.GetProperty("rateLimits")[0].GetProperty("limit").GetInt32());
        var ticker = await server.GetAsync("/api/v3/ticker/24hr?symbol=BTCUSDT");
        Assert.Equal("90.00000000", ticker.GetProperty("lastPrice").GetString());
        Assert.Equal("-10.000", ticker.GetProperty("priceChangePercent").GetString());
        Assert.Equal(2, ticker.GetProperty("count").GetInt32());
        Assert.Equal(2, (await server.GetAsync("/api/v3/ticker/24hr")).GetArrayLength());
        Assert.Equal(1, (await server.GetAsync("/api/v3/ticker/24hr?symbols=[%22ETHUSDT%22]")).GetArrayLength());
    }

    private static async Task<MarketReplayServer> PlayedAsync(MarketReplayOptions options)
    {
        var server = await Replay.StartAsync(options);
        await using var client = await StreamClient.ConnectAsync(server, "/stream?streams=btcusdt@trade/ethusdt@trade");
        while ((await server.GetAsync("/replay/status")).GetProperty("state").GetString() != "ended") await client.ReceiveAsync();
        return server;
    }
}
