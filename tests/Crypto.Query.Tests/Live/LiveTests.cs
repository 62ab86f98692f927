using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Tests.Support;
using Crypto.Testing;
using Xunit;

namespace Crypto.Query.Tests.Live;

/// <summary>What the topics bring becomes visible: with a real broker and a real database.</summary>
public sealed class LiveTests
{
    private static readonly IReadOnlyList<Trade> Trades = RecordedTrades.Read(TestData.SpotBtcusdt);
    private static readonly IReadOnlyList<Candle> Candles = NaiveFold.Fold(Trades, Interval.OneMinute);

    [Fact]
    public async Task A_published_candle_is_visible_and_the_highest_version_wins()
    {
        await using var market = await LiveMarket.StartAsync();
        await market.CommitAsync(Candles[0] with { Version = 1 });
        await AwaitCandleAsync(market, version: 1);
        await market.PublishAsync(Candles[0] with { Version = 5, Close = 1m });
        await AwaitCandleAsync(market, version: 5);
        await market.PublishAsync(Candles[0] with { Version = 4, Close = 2m });
        await market.PublishAsync(Candles[1] with { Version = 6 });
        var candles = await AwaitCandleAsync(market, version: 6);
        Assert.Equal("1", candles[0].Text("close"));
        Assert.Equal(2, candles.GetArrayLength());
    }

    [Fact]
    public async Task Unreadable_records_are_left_out_and_the_next_ones_read()
    {
        await using var market = await LiveMarket.StartAsync();
        await market.CommitAsync(Candles[0]);
        await AwaitCandleAsync(market, version: 1);
        foreach (var bytes in new byte[][] { [], [0xFF], "{}"u8.ToArray(), "[1"u8.ToArray(), "{\"interval\":3}"u8.ToArray() })
        {
            await market.PublishBytesAsync(Topics.Candles, Candles[0].Key, bytes);
            await market.PublishBytesAsync(Topics.Trades, Trades[0].Instrument.Key, bytes);
        }
        await market.PublishAsync(Candles[0] with { Version = 2 });
        await AwaitCandleAsync(market, version: 2);
    }

    [Fact]
    public async Task Latest_prices_follow_the_topic_and_a_repaired_older_trade_does_not_turn_them_back()
    {
        await using var market = await LiveMarket.StartAsync();
        await market.PublishAsync(Trades[100]);
        await AwaitLatestAsync(market, Trades[100]);
        await market.PublishAsync(Trades[50] with { Origin = TradeOrigin.Repair });
        await market.PublishAsync(Trades[101]);
        await AwaitLatestAsync(market, Trades[101]);
    }

    [Fact]
    public async Task A_candle_stream_gives_the_newest_candles_and_then_each_change()
    {
        await using var market = await LiveMarket.StartAsync();
        await StoreSeed.CandlesAsync(market.Database.DataSource, Candles.Take(4));
        using var events = await SseReader.OpenAsync(market.Server.Http, "/stream/candles?symbol=BTCUSDT&interval=1m&snapshot=2");
        Assert.Equal([Candles[2].OpenTimeUs, Candles[3].OpenTimeUs], [(await CandleAsync(events)).OpenTimeUs, (await CandleAsync(events)).OpenTimeUs]);
        await market.CommitAsync(Candles[3] with { Version = 2, High = 99999m });
        var changed = await events.NextAsync();
        Assert.Equal("candle", changed!.Name);
        using var json = JsonDocument.Parse(changed.Data);
        Assert.Equal(("BTCUSDT", "1m", "99999"), (json.RootElement.Text("symbol"), json.RootElement.Text("interval"), json.RootElement.Text("high")));
    }

    [Fact]
    public async Task A_candle_stream_resumes_at_the_last_candle_seen()
    {
        await using var market = await LiveMarket.StartAsync();
        await StoreSeed.CandlesAsync(market.Database.DataSource, Candles.Take(2));
        string? id;
        using (var events = await SseReader.OpenAsync(market.Server.Http, "/stream/candles?symbol=BTCUSDT"))
            id = (await events.NextAsync())!.Id;
        await market.CommitAsync(Candles[1] with { Version = 2 });
        await market.CommitAsync(Candles[2] with { Version = 3 });
        await AwaitCandleAsync(market, version: 3);
        using var resumed = await SseReader.OpenAsync(market.Server.Http, "/stream/candles?symbol=BTCUSDT", id);
        Assert.Equal((Candles[1].OpenTimeUs, 2L), await CandleAsync(resumed));
        Assert.Equal((Candles[2].OpenTimeUs, 3L), await CandleAsync(resumed));
    }

    [Fact]
    public async Task A_trade_stream_resumes_from_the_store_without_gap_or_repeat_and_goes_on_live()
    {
        await using var market = await LiveMarket.StartAsync();
        await StoreSeed.TradesAsync(market.Database.DataSource, [.. Trades.Take(20)]);
        using var events = await SseReader.OpenAsync(
            market.Server.Http, "/stream/trades?symbol=BTCUSDT", Trades[9].TradeId.ToString(provider: null));
        // The first of these is in the store already, as it may be when a client comes while storage works.
        foreach (var trade in Trades.Skip(19).Take(11)) await market.PublishAsync(trade);
        for (var i = 10; i < 30; i++)
        {
            var trade = (await events.NextAsync())!;
            Assert.Equal(("trade", Trades[i].TradeId.ToString(provider: null)), (trade.Name, trade.Id));
        }
    }

    [Fact]
    public async Task A_broker_that_comes_back_is_followed_again_and_what_was_missed_comes_from_the_database()
    {
        await using var market = await LiveMarket.StartAsync();
        await market.CommitAsync(Candles[0]);
        using var events = await SseReader.OpenAsync(market.Server.Http, "/stream/candles?symbol=BTCUSDT");
        await CandleAsync(events);
        await market.Broker.StopAsync();
        await StoreSeed.CandlesAsync(market.Database.DataSource, [Candles[1] with { Version = 7 }]);
        await market.Broker.StartAgainAsync();
        Assert.Equal((Candles[1].OpenTimeUs, 7L), await CandleAsync(events));
    }

    private static async Task<(long OpenTimeUs, long Version)> CandleAsync(SseReader events)
    {
        var next = await events.NextAsync() ?? throw new InvalidOperationException("the stream ended");
        using var json = JsonDocument.Parse(next.Data);
        var open = DateTimeOffset.Parse(json.RootElement.Text("openTime"), provider: null);
        return (UnixTime.ToMicroseconds(open), json.RootElement.Number("version"));
    }

    private static Task<JsonElement> AwaitCandleAsync(LiveMarket market, long version) => AwaitAsync(async () =>
    {
        using var response = await market.Server.Http.GetAsync("/ohlc/BTCUSDT");
        if (!response.IsSuccessStatusCode) return null;
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var candles = json.RootElement.GetProperty("candles").Clone();
        return candles.EnumerateArray().Any(c => c.Number("version") == version) ? candles : null;
    });

    private static Task AwaitLatestAsync(LiveMarket market, Trade trade) => AwaitAsync(async () =>
    {
        var prices = (await market.Server.Http.OkAsync("/prices/latest")).GetProperty("prices");
        return prices.EnumerateArray().Any(p => p.Number("tradeId") == trade.TradeId) ? prices : (JsonElement?)null;
    });

    private static async Task<JsonElement> AwaitAsync(Func<Task<JsonElement?>> probe)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await probe() is { } result) return result;
            await Task.Delay(10, timeout.Token);
        }
    }
}
