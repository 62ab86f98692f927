using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Feeds;
using Crypto.Ingestion.Feeds.Sources;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Tests.Exchange;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Feeds;

/// <summary>The tickers come from the exchange that also repairs: one weight, one ban for both.</summary>
public sealed class TickerFeedTests
{
    private static readonly TimeSpan AWhile = TimeSpan.FromMilliseconds(200);
    private readonly WeightBudget _budget = new(6000, new StoppedClock());
    private readonly List<string> _requests = [];

    [Theory]
    [InlineData(Venues.Binance, 1, 2, "?symbols=%5B%22S0%22%5D")]
    [InlineData(Venues.Binance, 20, 2, "?symbols=")]
    [InlineData(Venues.Binance, 21, 40, "?symbols=")]
    [InlineData(Venues.Binance, 100, 40, "?symbols=")]
    [InlineData(Venues.Binance, 101, 80, "")]
    [InlineData(Venues.BinanceUsdm, 1, 40, "")]
    public async Task A_poll_takes_its_weight_from_the_budget(string venue, int symbols, int weight, string query)
    {
        await using var exchange = await ServeAsync(200);

        Assert.Empty((await Feed(exchange, venue, symbols).PollAsync(default))!);

        Assert.Equal(weight, _budget.Used);
        Assert.StartsWith($"/ticker/24hr{query}", Assert.Single(_requests));
        Assert.Equal(query.Length > 0, _requests[0].Contains('='));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(418)]
    public async Task A_pause_that_the_tickers_are_asked_for_is_kept_by_repairs_and_the_other_way_round(int status)
    {
        await using var exchange = await ServeAsync(status, "7");

        var failure = await Assert.ThrowsAsync<FeedUnavailableException>(() => Feed(exchange).PollAsync(default));

        Assert.Equal(TimeSpan.FromSeconds(7), failure.RetryAfter);
        await AssertSilentAsync(token => Rest(exchange).NewestAsync("BTCUSDT", token));
        await AssertSilentAsync(token => Feed(exchange).PollAsync(token));
        Assert.Single(_requests);
    }

    [Fact]
    public async Task Without_weight_left_in_the_minute_nothing_is_asked()
    {
        await using var exchange = await ServeAsync(200);
        await _budget.TakeAsync(5999, default);

        await AssertSilentAsync(token => Feed(exchange).PollAsync(token));

        Assert.Empty(_requests);
    }

    [Theory]
    [InlineData(451, "Ingestion:RestUrl")]
    [InlineData(403, "Ingestion:ApiKey")]
    [InlineData(400, "ticker/24hr")]
    public async Task A_refusal_says_what_would_mend_it(int status, string words)
    {
        await using var exchange = await ServeAsync(status);

        var failure = await Assert.ThrowsAsync<FeedRefusedException>(() => Feed(exchange).PollAsync(default));

        Assert.Contains(words, failure.Message);
    }

    // The clock of the budget stands: whoever waits for it, waits until he is cancelled.
    private static async Task AssertSilentAsync(Func<CancellationToken, Task> request)
    {
        using var patience = new CancellationTokenSource(AWhile);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request(patience.Token));
    }

    private Task<StubExchange> ServeAsync(int status, string? retryAfter = null) => StubExchange.StartAsync(context =>
    {
        _requests.Add(context.Request.Path.Value![^"/ticker/24hr".Length..] + context.Request.QueryString);
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsync("[]");
    });

    private TickerFeed Feed(StubExchange exchange, string venue = Venues.Binance, int symbols = 1) =>
        new(Rest(exchange, venue), venue, [.. Enumerable.Range(0, symbols).Select(i => $"S{i}")], TimeSpan.FromSeconds(60));

    private BinanceRest Rest(StubExchange exchange, string venue = Venues.Binance) => new(new HttpClient(),
        ExchangeEndpoints.For(new IngestionOptions { MarketUrl = exchange.Url, Venue = venue }), _budget, "", false, NullLogger<BinanceRest>.Instance);

    // The minute does not turn during the test.
    private sealed class StoppedClock : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
