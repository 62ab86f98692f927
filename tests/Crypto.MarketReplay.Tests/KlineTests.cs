using System.Text.Json;
using Crypto.MarketReplay.Tests.Support;

namespace Crypto.MarketReplay.Tests;

/// <summary>Which candles an answer holds: those that open inside the range, whole.</summary>
public sealed class KlineTests : IAsyncLifetime
{
    private const long Midnight = 1_723_161_600_000;
    private const long Minute = 60_000;
    private MarketReplayServer _server = null!;

    public async Task InitializeAsync()
    {
        // One trade at the 30th second of each of ten minutes; the price and the id tell the minute.
        _server = await Replay.StartAsync(Replay.Of([.. Enumerable.Range(0, 10).Select(i =>
            Replay.Trade(i + 1, timeMs: Midnight + (i * Minute) + 30_000, price: $"{100 + i}.00000000"))]));
        await using var client = await StreamClient.ConnectAsync(_server, "/ws/btcusdt@trade");
        await client.ReceiveAsync(10);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("", "0 1 2 3 4 5 6 7 8 9")]
    [InlineData("&limit=3", "7 8 9")]
    [InlineData("&startTime=1723161600000&limit=3", "0 1 2")]
    [InlineData("&startTime=1723161600001&limit=3", "1 2 3")]
    [InlineData("&endTime=1723161779999&limit=2", "1 2")]
    [InlineData("&endTime=1723161780000&limit=2", "2 3")]
    [InlineData("&startTime=1723161660000&endTime=1723161720000", "1 2")]
    [InlineData("&startTime=1723161720000&endTime=1723161660000", "")]
    [InlineData("&startTime=1723162200000", "")]
    [InlineData("&endTime=1723161599999", "")]
    [InlineData("&startTime=9223372036854775807", "")]
    [InlineData("&startTime=1723161600000&endTime=9223372036854775807&limit=1000", "0 1 2 3 4 5 6 7 8 9")]
    public async Task A_range_holds_the_candles_that_open_in_it(string range, string minutes)
    {
        var klines = await _server.GetAsync($"/api/v3/klines?symbol=BTCUSDT&interval=1m{range}");

        Assert.Equal(minutes, string.Join(' ', klines.EnumerateArray().Select(kline => (kline[0].GetInt64() - Midnight) / Minute)));
    }

    [Fact]
    public async Task A_candle_is_whole_where_the_range_ends_inside_it()
    {
        var klines = await _server.GetAsync($"/api/v3/klines?symbol=BTCUSDT&interval=5m&startTime={Midnight}&endTime={Midnight + Minute}");

        Assert.Equal("100.00000000 104.00000000 5", Shown(Assert.Single(klines.EnumerateArray())));
    }

    [Theory]
    [InlineData("3m", "100.00000000 102.00000000 3")]
    [InlineData("30m", "100.00000000 109.00000000 10")]
    [InlineData("2h", "100.00000000 109.00000000 10")]
    [InlineData("1d", "100.00000000 109.00000000 10")]
    public async Task Intervals_that_only_the_exchange_has_are_folded_too(string interval, string first)
    {
        var klines = await _server.GetAsync($"/api/v3/klines?symbol=BTCUSDT&interval={interval}&startTime={Midnight}");

        Assert.Equal(first, Shown(klines[0]));
    }

    private static string Shown(JsonElement kline) => $"{kline[1].GetString()} {kline[4].GetString()} {kline[8].GetInt64()}";
}
