using System.Net;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Tests.Support;
using Crypto.Testing;
using Xunit;

namespace Crypto.Query.Tests.Rest;

/// <summary>What surrounds the market data over REST, from rows as the other roles write them.</summary>
public sealed class ContextTests : IAsyncLifetime
{
    private TestPostgres? _database;
    private QueryServer? _server;

    private HttpClient Http => _server!.Http;

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateAsync();
        var trades = RecordedTrades.Read(TestData.SpotBtcusdt);
        var id = await StoreSeed.TradesAsync(_database.DataSource, [.. trades.Take(10)]);
        await StoreSeed.ContextAsync(_database, id);
        _server = await QueryServer.StartAsync(_database);
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task Symbols_tell_the_extent_of_what_is_stored()
    {
        var symbol = Assert.Single((await Http.OkAsync("/symbols")).GetProperty("symbols").EnumerateArray());
        Assert.Equal(("BTCUSDT", "binance"), (symbol.Text("symbol"), symbol.Text("venue")));
        Assert.Equal(9, symbol.Number("lastTradeId") - symbol.Number("firstTradeId"));
        Assert.EndsWith("Z", symbol.Text("newestTradeTime"));
    }

    [Fact]
    public async Task Sentiment_and_news_come_newest_first()
    {
        Assert.Equal([20, 17], (await Http.OkAsync("/sentiment")).GetProperty("values").EnumerateArray().Select(v => v.Number("value")));
        var news = (await Http.OkAsync("/news")).GetProperty("news");
        Assert.Equal(["b", "a"], news.EnumerateArray().Select(n => n.Text("id")));
        Assert.Equal("2024-08-09T00:01:00.000000Z", news[0].Text("publishedAt"));
        Assert.Equal(JsonValueKind.Null, news[1].GetProperty("link").ValueKind);
    }

    [Fact]
    public async Task Pages_are_linked_until_the_last_one()
    {
        var titles = new List<string>();
        for (string? path = "/alerts?limit=1"; path is not null;)
        {
            using var response = await Http.GetAsync(path);
            using var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            titles.AddRange(page.RootElement.GetProperty("alerts").EnumerateArray().Select(a => a.Text("message")));
            path = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }
        Assert.Equal(["second", "first"], titles);
        var own = (await Http.OkAsync("/alerts?symbol=BTCUSDT")).GetProperty("alerts");
        Assert.Equal(7, Assert.Single(own.EnumerateArray()).GetProperty("evidence").Number("times"));
    }

    [Fact]
    public async Task News_of_one_moment_are_on_one_page_each_and_none_is_left_out()
    {
        await _database!.ExecuteAsync("""
            insert into market.news (item_id, source, title, published_at, creators, categories)
            select 'n' || n, 'feed', 'Same moment', '2024-08-09 00:00:30+00', '{}', '{}' from generate_series(1, 7) n
            """);
        var ids = new List<string>();
        for (string? path = "/news?limit=2&from=2024-08-09"; path is not null;)
        {
            using var response = await Http.GetAsync(path);
            using var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            ids.AddRange(page.RootElement.GetProperty("news").EnumerateArray().Select(n => n.Text("id")));
            path = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }
        Assert.Equal(["b", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "a"], ids);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("MQ")]
    [InlineData("MSAA")]
    [InlineData("OTk5OTk5OTk5OTk5OTk5OTk5OSBh")]
    [InlineData("%FF%00")]
    public async Task A_page_that_no_answer_linked_to_is_refused(string page) =>
        Assert.Equal("page", await Http.ProblemAsync("/news?page=" + page, HttpStatusCode.BadRequest));

    [Fact]
    public async Task Analytics_give_values_and_nulls()
    {
        var analytics = await Http.OkAsync("/analytics/BTCUSDT?interval=1m");
        var indicators = analytics.GetProperty("indicators")[0];
        Assert.Equal(55.5, indicators.GetProperty("rsi14").GetDouble());
        Assert.Equal(JsonValueKind.Null, indicators.GetProperty("macd").ValueKind);
        Assert.Equal("61685.123456789012", analytics.GetProperty("movingAverages")[0].Text("average"));
        Assert.Equal(JsonValueKind.Null, analytics.GetProperty("forecast").ValueKind);
    }

    [Fact]
    public async Task A_forecast_comes_with_the_score_of_its_method_beside_the_naive_one()
    {
        await _database!.ExecuteAsync("""
            insert into market.forecasts select instrument_id, 300, '2024-08-09 00:05+00', 'ewma-0.94', 0.001, 61000, 62000 from market.instruments;
            insert into market.forecast_scores
                select instrument_id, 300, 'ewma-0.94', 120, -13.5, -9.25, 0.0004, 0.0006, 0.96 from market.instruments
            """);
        var forecast = (await Http.OkAsync("/analytics/BTCUSDT?interval=5m")).GetProperty("forecast");
        Assert.Equal(("ewma-0.94", 0.001), (forecast.Text("method"), forecast.GetProperty("volatility").GetDouble()));
        var score = forecast.GetProperty("score");
        Assert.Equal(120, score.Number("samples"));
        Assert.Equal((-13.5, -9.25), (score.GetProperty("loss").GetDouble(), score.GetProperty("naiveLoss").GetDouble()));
        Assert.Equal(0.96, score.GetProperty("bandCoverage").GetDouble());
    }

    [Fact]
    public async Task Former_states_of_a_candle_are_told_with_the_time_of_their_replacement()
    {
        var candle = new Candle(new Instrument(Venues.Binance, "BTCUSDT"), Interval.OneMinute, 1723161600000000, 10.00m, 12.00m, 9.00m, 11.00m,
            1.5m, 16.50m, 3, 0.5m, 5.50m, 7, 9, CandleState.Final, 0, 4, true);
        await StoreSeed.RevisionAsync(_database!, await _database!.ScalarAsync<int>("select instrument_id from market.instruments"), candle);
        var revision = Assert.Single((await Http.OkAsync("/ohlc/BTCUSDT/revisions?interval=1m")).GetProperty("revisions").EnumerateArray());
        Assert.EndsWith("Z", revision.Text("replacedAt"));
        var former = revision.GetProperty("candle");
        Assert.Equal(("11.00", 3L, 0L), (former.Text("close"), former.Number("tradeCount"), former.Number("revision")));
        Assert.Empty((await Http.OkAsync("/ohlc/BTCUSDT/revisions?interval=1m&from=2024-08-09T00:01:00Z")).GetProperty("revisions").EnumerateArray());
    }

    [Fact]
    public async Task Reconciliation_tells_the_score_and_the_differences()
    {
        var interval = (await Http.OkAsync("/reconciliation/BTCUSDT")).GetProperty("intervals")[0];
        Assert.Equal(("1m", 0.8), (interval.Text("interval"), interval.GetProperty("score").GetDouble()));
        Assert.Equal("close", interval.GetProperty("differences")[0].Text("field"));
    }

    [Fact]
    public async Task The_overview_joins_prices_sentiment_and_news_with_their_ages()
    {
        var overview = await Http.OkAsync("/overview");
        Assert.Equal("BTCUSDT", overview.GetProperty("prices")[0].Text("symbol"));
        foreach (var part in new[] { "prices", "sentiment", "news" })
            Assert.True(overview.GetProperty(part)[0].GetProperty("ageSeconds").GetDouble() > 0, part);
    }

    [Fact]
    public async Task The_overview_tells_what_each_feed_promises_and_whether_it_keeps_it()
    {
        var feeds = (await Http.OkAsync("/overview")).GetProperty("feeds").EnumerateArray().ToDictionary(feed => feed.Text("feed"));

        Assert.Equal((300, 900, true, "the source answers 503"), Contract(feeds["coingecko"]));
        Assert.InRange(feeds["coingecko"].GetProperty("ageSeconds").GetDouble(), 1200, 3600);
        Assert.Equal((900, 172800, false, null), Contract(feeds["fear-greed"]));
        Assert.Equal((0.5, 1.5, true, null), Contract(feeds["rss:never"]));
        Assert.Equal(JsonValueKind.Null, feeds["rss:never"].GetProperty("ageSeconds").ValueKind);

        static (double, double, bool, string?) Contract(JsonElement feed) => (feed.GetProperty("expectedEverySeconds").GetDouble(),
            feed.GetProperty("staleAfterSeconds").GetDouble(), feed.GetProperty("stale").GetBoolean(), feed.GetProperty("failure").GetString());
    }

    [Fact]
    public async Task An_unchanged_answer_is_304_for_who_has_it()
    {
        using var first = await Http.GetAsync("/news");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/news");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        await _database!.ExecuteAsync("delete from market.news where item_id = 'a'");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/news");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var third = await Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task An_alert_stream_resumes_after_the_last_alert_seen_and_goes_on()
    {
        using var events = await SseReader.OpenAsync(Http, "/stream/alerts", "1");
        Assert.Equal("2", (await events.NextAsync())!.Id);
        await _database!.ExecuteAsync("""
            insert into market.alerts (symbol, kind, severity, message, evidence, market_time, sighting)
            values ('ETHUSDT', 'price-jump', 'critical', 'third', '{}', now(), 's3')
            """);
        var third = await events.NextAsync();
        Assert.Equal(("alert", "3"), (third!.Name, third.Id));
        Assert.Contains("\"message\":\"third\"", third.Data);
    }
}
