using System.Diagnostics;
using System.Net.Sockets;
using Crypto.Ingestion.Exchange;
using Microsoft.AspNetCore.Http;

namespace Crypto.Ingestion.Tests.Exchange;

public sealed class BinanceRestTests
{
    [Fact]
    public async Task Too_many_requests_are_answered_with_the_pause_that_the_exchange_asks_for()
    {
        await using var exchange = await StubExchange.StartAsync(context => Refuse(context, 429, "7"));

        var failure = await Assert.ThrowsAsync<ExchangeUnavailableException>(
            () => StubExchange.Client(exchange.Url).NewestAsync("BTCUSDT", default));

        Assert.Equal(TimeSpan.FromSeconds(7), failure.RetryAfter);
    }

    [Fact]
    public async Task After_a_refusal_no_request_leaves_before_the_pause_is_over()
    {
        var came = new List<long>();
        await using var exchange = await StubExchange.StartAsync(context =>
        {
            came.Add(Stopwatch.GetTimestamp());
            return came.Count == 1 ? Refuse(context, 429, "1") : context.Response.WriteAsync("[]");
        });
        var rest = StubExchange.Client(exchange.Url);
        await Assert.ThrowsAsync<ExchangeUnavailableException>(() => rest.NewestAsync("BTCUSDT", default));
        Assert.Null(await rest.NewestAsync("BTCUSDT", default));

        Assert.Equal(2, came.Count);
        Assert.InRange(Stopwatch.GetElapsedTime(came[0], came[1]), TimeSpan.FromMilliseconds(990), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_ban_is_told_apart_from_a_limit()
    {
        await using var exchange = await StubExchange.StartAsync(context => Refuse(context, 418, "120"));

        var failure = await Assert.ThrowsAsync<ExchangeUnavailableException>(
            () => StubExchange.Client(exchange.Url).NewestAsync("BTCUSDT", default));

        Assert.Contains("banned", failure.Message);
        Assert.Equal(TimeSpan.FromMinutes(2), failure.RetryAfter);
    }

    [Fact]
    public async Task A_geo_block_says_what_to_set()
    {
        await using var exchange = await StubExchange.StartAsync(context => Refuse(context, 451));

        var failure = await Assert.ThrowsAsync<ExchangeRefusedException>(
            () => StubExchange.Client(exchange.Url).NewestAsync("BTCUSDT", default));

        Assert.Contains("Ingestion:RestUrl", failure.Message);
        Assert.Contains("data-api.binance.vision", failure.Message);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task A_failure_of_the_server_passes(int status)
    {
        await using var exchange = await StubExchange.StartAsync(context => Refuse(context, status));

        await Assert.ThrowsAsync<ExchangeUnavailableException>(() => StubExchange.Client(exchange.Url).NewestAsync("BTCUSDT", default));
    }

    [Fact]
    public async Task A_bad_request_is_neither_repeated_nor_blamed_on_the_network()
    {
        await using var exchange = await StubExchange.StartAsync(context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync("""{"code":-1121,"msg":"Invalid symbol."}""");
        });

        var failure = await Assert.ThrowsAsync<ExchangeRequestException>(
            () => StubExchange.Client(exchange.Url).NewestAsync("NOSUCH", default));

        Assert.Equal(400, failure.Status);
        Assert.Contains("Invalid symbol", failure.Message);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""[{"id":1}]""")]
    [InlineData("""[{"id":1,"price":"1","qty":"1","time":0,"isBuyerMaker":true}]""")]
    [InlineData("""[{"id":"1","price":"1","qty":"1","time":1723161601437,"isBuyerMaker":true}]""")]
    public async Task Nonsense_is_a_failure_that_passes(string body)
    {
        await using var exchange = await StubExchange.StartAsync(context => context.Response.WriteAsync(body));

        await Assert.ThrowsAsync<ExchangeUnavailableException>(() => StubExchange.Client(exchange.Url).NewestAsync("BTCUSDT", default));
    }

    [Fact]
    public async Task Nobody_there_and_no_answer_in_time_are_failures_that_pass()
    {
        await using var exchange = await StubExchange.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));

        await Assert.ThrowsAsync<ExchangeUnavailableException>(() => StubExchange.Client("http://127.0.0.1:1").NewestAsync("BTCUSDT", default));
        await Assert.ThrowsAsync<ExchangeUnavailableException>(
            () => StubExchange.Client(exchange.Url, timeout: TimeSpan.FromMilliseconds(200)).NewestAsync("BTCUSDT", default));
    }

    [Fact]
    public async Task A_connection_that_is_reset_as_soon_as_it_stands_is_a_failure_that_passes()
    {
        using var http = new HttpClient(new ResetConnections());

        await Assert.ThrowsAsync<ExchangeUnavailableException>(() => StubExchange.Client("http://127.0.0.1:1", http: http).NewestAsync("BTCUSDT", default));
    }

    [Fact]
    public async Task The_weight_that_the_exchange_counted_is_taken_over()
    {
        await using var exchange = await StubExchange.StartAsync(context =>
        {
            context.Response.Headers["X-MBX-USED-WEIGHT-1M"] = "5990";
            return context.Response.WriteAsync("[]");
        });
        var clock = new StoppedClock();
        var budget = new WeightBudget(6000, clock);
        await StubExchange.Client(exchange.Url, budget).NewestAsync("BTCUSDT", default);

        Assert.Equal(5990, budget.Used);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => budget.TakeAsync(25, patience.Token));
        await budget.TakeAsync(10, default);
    }

    private static Task Refuse(HttpContext context, int status, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsync("no");
    }

    // What HttpClient's own handler does now and then where a server resets each new connection.
    private sealed class ResetConnections : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new SocketException((int)SocketError.NotConnected);
    }

    // The minute does not turn during the test.
    private sealed class StoppedClock : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
