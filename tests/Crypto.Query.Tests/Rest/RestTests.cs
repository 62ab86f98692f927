using System.Net;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Tests.Support;
using Xunit;

namespace Crypto.Query.Tests.Rest;

/// <summary>The REST API over the recorded market, field by field.</summary>
public sealed class RestTests(RecordedMarket market) : IClassFixture<RecordedMarket>
{
    [Fact]
    public async Task Latest_prices_are_the_trades_with_the_highest_ids()
    {
        var prices = (await market.Http.OkAsync("/prices/latest")).GetProperty("prices").EnumerateArray().ToList();
        Assert.Equal(["BTCUSDT", "ETHUSDT"], prices.Select(p => p.Text("symbol")));
        var last = market.Btc[^1];
        Assert.Equal($$"""
            {"symbol":"BTCUSDT","price":"{{last.Price}}","quantity":"{{last.Quantity}}","tradeId":{{last.TradeId}},"tradeTime":"{{UnixTime.ToRfc3339(last.TradeTimeUs)}}"}
            """, prices[0].GetRawText());
    }

    [Fact]
    public async Task Prices_of_a_symbol_come_newest_first_a_hundred_of_them()
    {
        var answer = await market.Http.OkAsync("/prices/btcusdt");
        Assert.Equal("BTCUSDT", answer.Text("symbol"));
        var ids = answer.GetProperty("trades").EnumerateArray().Select(t => t.Number("tradeId"));
        Assert.Equal(market.Btc.Reverse().Take(100).Select(t => t.TradeId), ids);
    }

    [Fact]
    public async Task Hours_reach_back_from_the_recordings_own_time()
    {
        var newestUs = Math.Max(market.Btc.Max(t => t.EventTimeUs), market.Eth.Max(t => t.EventTimeUs));
        var trades = (await market.Http.OkAsync("/prices/BTCUSDT?limit=1000&hours=0.005")).GetProperty("trades");
        var fromUs = newestUs - 18_000_000;
        Assert.Equal(market.Btc.Count(t => t.TradeTimeUs >= fromUs), trades.GetArrayLength());
        Assert.InRange(trades.GetArrayLength(), 1, 999);
    }

    [Fact]
    public async Task A_candle_has_every_field_of_the_contract_in_its_order()
    {
        var candle = NaiveFold.Fold(market.Btc, Interval.OneMinute)[1];
        var answer = await market.Http.OkAsync("/ohlc/BTCUSDT?interval=1m");
        Assert.Equal(("BTCUSDT", "1m"), (answer.Text("symbol"), answer.Text("interval")));
        var expected = "{"
            + $"\"openTime\":\"{UnixTime.ToRfc3339(candle.OpenTimeUs)}\",\"closeTime\":\"2024-08-09T00:01:59.999999Z\","
            + $"\"open\":\"{candle.Open}\",\"high\":\"{candle.High}\",\"low\":\"{candle.Low}\",\"close\":\"{candle.Close}\","
            + $"\"volume\":\"{candle.Volume}\",\"quoteVolume\":\"{candle.QuoteVolume}\",\"vwap\":\"{candle.Vwap}\","
            + $"\"tradeCount\":{candle.TradeCount},\"takerBuyVolume\":\"{candle.TakerBuyVolume}\","
            + $"\"takerBuyQuoteVolume\":\"{candle.TakerBuyQuoteVolume}\",\"firstTradeId\":{candle.FirstTradeId},"
            + $"\"lastTradeId\":{candle.LastTradeId},\"state\":\"closed\",\"revision\":0,\"version\":1,\"complete\":true"
            + "}";
        Assert.Equal(expected, answer.GetProperty("candles")[1].GetRawText());
        Assert.Equal("2024-08-09T00:01:00.000000Z", answer.GetProperty("candles")[1].Text("openTime"));
    }

    [Theory]
    [InlineData("limit=2", "00:04,00:05")]
    [InlineData("", "00:00,00:01,00:02,00:03,00:04,00:05")]
    [InlineData("from=2024-08-09T00:03:00Z", "00:03,00:04,00:05")]
    [InlineData("to=2024-08-09T00:03:00Z", "00:00,00:01,00:02")]
    [InlineData("to=2024-08-09T00:03:00.000001Z", "00:00,00:01,00:02,00:03")]
    [InlineData("from=2024-08-09T00:01:00Z&to=2024-08-09T00:04:00Z&limit=2", "00:02,00:03")]
    [InlineData("from=2024-08-09T02:01:00%2B02:00&to=2024-08-09T00:02:00Z", "00:01")]
    [InlineData("from=2030-01-01", "")]
    public async Task The_latest_candles_that_open_in_the_range_come_oldest_first(string query, string minutes)
    {
        var answer = await market.Http.OkAsync("/ohlc/BTCUSDT?" + query);
        var open = answer.GetProperty("candles").EnumerateArray().Select(c => c.Text("openTime")[11..16]);
        Assert.Equal(minutes, string.Join(',', open));
    }

    [Fact]
    public async Task A_flat_candle_has_no_vwap_and_no_ids()
    {
        await using var database = await Crypto.Testing.TestPostgres.CreateAsync();
        var flat = NaiveFold.Fold(market.Btc, Interval.OneHour)[0] with
        {
            Volume = 0,
            QuoteVolume = 0,
            TradeCount = 0,
            TakerBuyVolume = 0,
            TakerBuyQuoteVolume = 0,
            FirstTradeId = null,
            LastTradeId = null,
        };
        await StoreSeed.CandlesAsync(database.DataSource, [flat]);
        await using var server = await QueryServer.StartAsync(database);
        var candle = (await server.Http.OkAsync("/ohlc/BTCUSDT?interval=1h")).GetProperty("candles")[0];
        foreach (var name in new[] { "vwap", "firstTradeId", "lastTradeId" })
            Assert.Equal(JsonValueKind.Null, candle.GetProperty(name).ValueKind);
        Assert.Equal("0", candle.Text("volume"));
    }

    [Fact]
    public async Task Coverage_tells_the_ledger()
    {
        var coverage = await market.Http.OkAsync("/coverage/BTCUSDT");
        Assert.Equal(market.Btc[0].TradeId, coverage.Number("firstTradeId"));
        Assert.Equal(market.Btc[^1].TradeId, coverage.Number("lastTradeId"));
        Assert.Equal((market.Btc.Count, 0L, true), (coverage.Number("stored"), coverage.Number("void"), coverage.GetProperty("complete").GetBoolean()));
        var range = Assert.Single(coverage.GetProperty("ranges").EnumerateArray());
        Assert.Equal((market.Btc[0].TradeId, market.Btc[^1].TradeId), (range.Number("first"), range.Number("last")));
        Assert.Empty(coverage.GetProperty("gaps").EnumerateArray());
    }

    [Fact]
    public async Task Coverage_with_voids_and_gaps_counts_trades_and_is_not_complete_while_one_is_open()
    {
        await using var database = await Crypto.Testing.TestPostgres.CreateAsync();
        var id = await StoreSeed.TradesAsync(database.DataSource, [.. market.Btc.Take(100)]);
        var first = market.Btc[0].TradeId;
        await database.ExecuteAsync($"""
            insert into market.coverage_voids values ({id}, {first + 10}, {first + 12}, 'zero price');
            insert into market.coverage_gaps (instrument_id, first_id, last_id, reason, state, detected_at, repaired_at) values
                ({id}, {first + 20}, {first + 29}, 'reconnect', 'repaired', '2024-08-09 00:00:02.5+00', '2024-08-09 00:00:03+00'),
                ({id}, {first + 50}, {first + 50}, 'skipped', 'open', '2024-08-09 00:00:05+00', null)
            """);
        await using var server = await QueryServer.StartAsync(database);
        var coverage = await server.Http.OkAsync("/coverage/BTCUSDT");
        Assert.Equal((97L, 3L, false), (coverage.Number("stored"), coverage.Number("void"), coverage.GetProperty("complete").GetBoolean()));
        Assert.Equal($$"""
            {"first":{{first + 20}},"last":{{first + 29}},"reason":"reconnect","state":"repaired","detectedAt":"2024-08-09T00:00:02.500000Z","repairedAt":"2024-08-09T00:00:03.000000Z"}
            """, coverage.GetProperty("gaps")[0].GetRawText());
        Assert.Equal(JsonValueKind.Null, coverage.GetProperty("gaps")[1].GetProperty("repairedAt").ValueKind);
    }

    [Theory]
    [InlineData("/prices/DOGEUSDT")]
    [InlineData("/ohlc/DOGEUSDT")]
    [InlineData("/coverage/DOGEUSDT")]
    [InlineData("/ohlc/btc-usdt")]
    [InlineData("/ohlc/binance-usdm:BTCUSDT")]
    [InlineData("/ohlc/nasdaq:BTCUSDT")]
    [InlineData("/stream/candles?symbol=DOGEUSDT")]
    [InlineData("/stream/trades")]
    public async Task An_unknown_symbol_is_404_and_named(string path) =>
        Assert.Equal("symbol", await market.Http.ProblemAsync(path, HttpStatusCode.NotFound));

    [Theory]
    [InlineData("/ohlc/BTCUSDT?interval=2m", "interval")]
    [InlineData("/ohlc/BTCUSDT?limit=0", "limit")]
    [InlineData("/ohlc/BTCUSDT?limit=1001", "limit")]
    [InlineData("/ohlc/BTCUSDT?limit=ten", "limit")]
    [InlineData("/ohlc/BTCUSDT?limit=1&limit=2", "limit")]
    [InlineData("/ohlc/BTCUSDT?from=yesterday", "from")]
    [InlineData("/ohlc/BTCUSDT?to=2024-13-01", "to")]
    [InlineData("/ohlc/BTCUSDT?from=2024-08-09&to=2024-08-09", "to")]
    [InlineData("/prices/BTCUSDT?limit=-1", "limit")]
    [InlineData("/prices/BTCUSDT?hours=0", "hours")]
    [InlineData("/prices/BTCUSDT?hours=NaN", "hours")]
    [InlineData("/prices/BTCUSDT?hours=1e300", "hours")]
    [InlineData("/stream/candles?symbol=BTCUSDT&snapshot=0", "snapshot")]
    public async Task A_bad_parameter_is_400_and_named(string path, string parameter) =>
        Assert.Equal(parameter, await market.Http.ProblemAsync(path, HttpStatusCode.BadRequest));
}
