using Crypto.Query.Tests.Support;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Tests.Wire;

/// <summary>What surrounds the market data over gRPC, from rows as the other roles write them.</summary>
public sealed class ContextGrpcTests(FullMarket market) : IClassFixture<FullMarket>, IDisposable
{
    private readonly RawGrpc _grpc = new(market.GrpcUrl);

    public void Dispose() => _grpc.Dispose();

    [Fact]
    public async Task Analytics_give_values_and_leave_out_what_is_not_known_yet()
    {
        var analytics = await CallAsync<Proto.GetAnalyticsResponse>("GetAnalytics", new Proto.GetAnalyticsRequest { Symbol = "btcusdt" });
        Assert.Equal(("BTCUSDT", "1m"), (analytics.Symbol, analytics.Interval));
        var indicators = Assert.Single(analytics.Indicators);
        Assert.Equal((55.5, false), (indicators.Rsi14, indicators.HasMacd));
        Assert.Equal("61685.123456789012", Assert.Single(analytics.MovingAverages).Average);
        Assert.Equal(("ewma-0.94", 120, 0.96), (analytics.Forecast.Method, analytics.Forecast.Score.Samples, analytics.Forecast.Score.BandCoverage));
    }

    [Fact]
    public async Task Reconciliation_tells_the_score_and_the_differences()
    {
        var answer = await CallAsync<Proto.GetReconciliationResponse>(
            "GetReconciliation", new Proto.GetReconciliationRequest { Symbol = "BTCUSDT" });
        var interval = Assert.Single(answer.Intervals);
        Assert.Equal(("1m", 5, 4, 0.8), (interval.Interval, interval.Compared, interval.Equal, interval.Score));
        Assert.Contains("close", interval.DifferencesJson);
    }

    [Fact]
    public async Task Alerts_come_page_by_page_newest_first_and_of_one_symbol()
    {
        var first = await CallAsync<Proto.ListAlertsResponse>("ListAlerts", new Proto.ListAlertsRequest { Limit = 1 });
        var second = await CallAsync<Proto.ListAlertsResponse>("ListAlerts", new Proto.ListAlertsRequest { Limit = 1, PageToken = first.NextPageToken });
        var third = await CallAsync<Proto.ListAlertsResponse>("ListAlerts", new Proto.ListAlertsRequest { Limit = 1, PageToken = second.NextPageToken });
        Assert.Equal(["second", "first"], first.Alerts.Concat(second.Alerts).Select(a => a.Message));
        Assert.Equal((0, ""), (third.Alerts.Count, third.NextPageToken));
        var own = await CallAsync<Proto.ListAlertsResponse>("ListAlerts", new Proto.ListAlertsRequest { Symbol = "BTCUSDT" });
        Assert.Equal(("first", "warning"), (Assert.Single(own.Alerts).Message, own.Alerts[0].Severity));
    }

    [Fact]
    public async Task An_alert_stream_resumes_after_the_last_alert_seen()
    {
        using var stream = await GrpcStream<Proto.StreamAlertsResponse>.OpenAsync(
            _grpc, "crypto.market.v1.MarketContext/StreamAlerts", new Proto.StreamAlertsRequest { ResumeAfter = 1 });
        var alert = (await stream.NextAsync()).Alert;
        Assert.Equal((2L, "second"), (alert.Id, alert.Message));
    }

    [Fact]
    public async Task Sentiment_and_news_come_newest_first_and_news_by_page()
    {
        var sentiment = await CallAsync<Proto.ListSentimentResponse>("ListSentiment", new Proto.ListSentimentRequest());
        Assert.Equal([20, 17], sentiment.Values.Select(v => v.Value));
        var first = await CallAsync<Proto.ListNewsResponse>("ListNews", new Proto.ListNewsRequest { Limit = 1 });
        var second = await CallAsync<Proto.ListNewsResponse>("ListNews", new Proto.ListNewsRequest { Limit = 1, PageToken = first.NextPageToken });
        Assert.Equal(["Newer <b>", "Older"], first.News.Concat(second.News).Select(n => n.Title));
        var none = await CallAsync<Proto.ListNewsResponse>("ListNews", new Proto.ListNewsRequest { To = Timestamp.FromDateTime(DateTime.UnixEpoch.AddDays(1)) });
        Assert.Empty(none.News);
    }

    [Fact]
    public async Task The_overview_joins_prices_sentiment_and_news_with_their_ages()
    {
        var overview = await CallAsync<Proto.GetOverviewResponse>("GetOverview", new Proto.GetOverviewRequest());
        Assert.True(Assert.Single(overview.Prices).AgeSeconds > 0);
        Assert.True(Assert.Single(overview.Sentiment).AgeSeconds > 0);
        Assert.All(overview.News, news => Assert.True(news.AgeSeconds > 0));
    }

    [Fact]
    public async Task The_overview_has_the_feeds_of_REST()
    {
        var feeds = (await CallAsync<Proto.GetOverviewResponse>("GetOverview", new Proto.GetOverviewRequest())).Feeds;
        Assert.Equal(["coingecko", "fear-greed", "rss:never"], feeds.Select(feed => feed.Name));
        Assert.Equal((300, 900, true, "the source answers 503"),
            (feeds[0].ExpectedEverySeconds, feeds[0].StaleAfterSeconds, feeds[0].Stale, feeds[0].Failure));
        Assert.InRange(feeds[0].AgeSeconds, 1200, 3600);
        Assert.Equal((false, ""), (feeds[1].Stale, feeds[1].Failure));
        Assert.Equal((true, false), (feeds[2].Stale, feeds[2].HasAgeSeconds));
        Assert.Null(feeds[2].LastSuccessAt);
        var rest = (await market.Http.OkAsync("/overview")).GetProperty("feeds")[1].GetProperty("lastSuccessAt").GetDateTime();
        Assert.Equal(rest, feeds[1].LastSuccessAt.ToDateTime());
    }

    [Fact]
    public async Task Symbols_and_coverage_are_those_of_REST()
    {
        var rest = (await market.Http.OkAsync("/symbols")).GetProperty("symbols")[0];
        var symbol = Assert.Single((await CallAsync<Proto.ListSymbolsResponse>("ListSymbols", new Proto.ListSymbolsRequest(), "MarketData")).Symbols);
        Assert.Equal((rest.Text("symbol"), rest.Number("lastTradeId")), (symbol.Symbol_, symbol.LastTradeId));
        var coverage = await CallAsync<Proto.GetCoverageResponse>("GetCoverage", new Proto.GetCoverageRequest { Symbol = "BTCUSDT" }, "MarketData");
        Assert.Equal((2000L, false), (coverage.Stored, coverage.Complete));
        Assert.Equal([Proto.GapState.Repaired, Proto.GapState.Open], coverage.Gaps.Select(g => g.State));
        Assert.Null(coverage.Gaps[1].RepairedAt);
    }

    [Theory]
    [InlineData("page_token")]
    [InlineData("limit")]
    [InlineData("to")]
    public async Task A_bad_field_is_an_invalid_argument_that_names_it(string field)
    {
        var request = new Proto.ListNewsRequest { From = new Timestamp { Seconds = 10 } };
        if (field == "page_token") request.PageToken = "?";
        else if (field == "limit") request.Limit = 1001;
        else request.To = new Timestamp { Seconds = 10 };
        using var response = await SendAsync("ListNews", request, "MarketContext");
        Assert.Equal("3", await RawGrpc.EndAsync(response));
        Assert.StartsWith(field, await RawGrpc.EndAsync(response, "grpc-message"), StringComparison.Ordinal);
    }

    private async Task<T> CallAsync<T>(string method, IMessage request, string service = "MarketContext")
        where T : IMessage<T>, new()
    {
        using var response = await SendAsync(method, request, service);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal("0", await RawGrpc.EndAsync(response));
        return new MessageParser<T>(() => new T()).ParseFrom(Assert.Single(RawGrpc.Unframe(body)).Payload);
    }

    private Task<HttpResponseMessage> SendAsync(string method, IMessage request, string service) =>
        _grpc.PostAsync($"/crypto.market.v1.{service}/{method}", RawGrpc.Content(RawGrpc.Frame(request)));
}
