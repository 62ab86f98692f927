using System.Globalization;
using System.Net;
using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Postgres;
using Crypto.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Aggregation.Tests.Analytics;

public class AlertTests
{
    private const long Minute = 60_000_000;

    [Fact]
    public void A_jump_a_spike_and_a_wick_are_seen_and_ordinary_candles_are_not()
    {
        var candles = Ordinary(100);
        var window = new CandleWindow(candles);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Empty(CandleSignals.Of(window, i)));
        Assert.Equal(["volume-spike"], KindsOf(candles, c => c with { Volume = 900 }));
        Assert.Equal(["price-jump"], KindsOf(candles, c => c with { Close = c.Close * 1.05m, High = c.Close * 1.05m }));
        Assert.Equal(["price-outlier"], KindsOf(candles, c => c with { Low = c.Close / 2 }));
    }

    [Fact]
    public async Task A_sighting_is_told_once_and_a_kind_once_per_cool_down_but_worse_is_told()
    {
        await using var postgres = await TestPostgres.CreateAsync();
        var store = new AlertStore(postgres.DataSource, new InstrumentStore(postgres.DataSource));
        var coolDown = TimeSpan.FromMinutes(10);
        Assert.True(await store.RaiseAsync(Make("a", AlertSeverity.Warning, 0), coolDown, default));
        Assert.False(await store.RaiseAsync(Make("a", AlertSeverity.Warning, 0), TimeSpan.Zero, default));
        Assert.False(await store.RaiseAsync(Make("b", AlertSeverity.Warning, 5 * Minute), coolDown, default));
        Assert.True(await store.RaiseAsync(Make("c", AlertSeverity.Critical, 6 * Minute), coolDown, default));
        Assert.False(await store.RaiseAsync(Make("d", AlertSeverity.Warning, 15 * Minute), coolDown, default));
        Assert.True(await store.RaiseAsync(Make("e", AlertSeverity.Warning, 20 * Minute), coolDown, default));
        Assert.Equal(3, (await store.UnpublishedAsync(default)).Count);
    }

    [Fact]
    public void Silence_is_stale_after_its_time_and_once_per_silence()
    {
        var feed = new FeedSignals(null!, new AggregationOptions());
        Assert.Null(feed.Stale(RandomTrades.Btcusdt, RandomTrades.StartUs, RandomTrades.StartUs + (Minute / 2)));
        var first = feed.Stale(RandomTrades.Btcusdt, RandomTrades.StartUs, RandomTrades.StartUs + (2 * Minute))!;
        var second = feed.Stale(RandomTrades.Btcusdt, RandomTrades.StartUs, RandomTrades.StartUs + (9 * Minute))!;
        Assert.Equal(first.Sighting, second.Sighting);
        Assert.Null(feed.Stale(RandomTrades.Btcusdt, 0, RandomTrades.StartUs));
    }

    [Theory]
    [InlineData("61562.31000000", "29309", "BTCUSDT: trades at 61562.31, CoinGecko says 29309 (+110.0%)")]
    [InlineData("0.00001230", "0.00001000", "BTCUSDT: trades at 0.0000123, CoinGecko says 0.00001 (+23.0%)")]
    [InlineData("100.00", "100.5", null)]
    public async Task A_price_that_another_source_does_not_know_is_told_in_plain_digits(string close, string theirs, string? message)
    {
        await using var postgres = await TestPostgres.CreateAsync();
        var candle = Ordinary(1)[0] with { Close = decimal.Parse(close, CultureInfo.InvariantCulture) };
        await postgres.ExecuteAsync($"""
            insert into market.coin_prices (coin_id, vs_currency, ts_event, symbol, name, current_price, market_cap_rank)
            values ('bitcoin', 'usd', '{UnixTime.ToRfc3339(candle.OpenTimeUs)}', 'btc', 'Bitcoin', {theirs}, 1)
            """);
        var alert = await new FeedSignals(postgres.DataSource, new AggregationOptions()).DivergenceAsync(candle.Instrument, candle, default);
        Assert.Equal(message, alert?.Message);
    }

    [Fact]
    public async Task Webhooks_are_posted_in_their_own_shape_and_tried_again()
    {
        var bodies = new List<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var receiver = builder.Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/{kind}", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync();
            lock (bodies) bodies.Add(body);
            return bodies.Count == 1 ? Results.StatusCode((int)HttpStatusCode.ServiceUnavailable) : Results.Ok();
        });
        await receiver.StartAsync();
        var url = receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var options = new AggregationOptions();
        options.Alerts.Webhooks.Add(new WebhookOptions { Url = $"{url}/slack" });
        options.Alerts.Webhooks.Add(new WebhookOptions { Kind = "pagerduty", Url = $"{url}/pagerduty", RoutingKey = "key" });
        using var webhooks = new AlertWebhooks(options, TimeProvider.System, NullLogger<AlertWebhooks>.Instance);
        await webhooks.StartAsync(default);
        webhooks.Send(new StoredAlert(1, "binance:BTCUSDT", "BTCUSDT", "price-jump", "critical", "BTCUSDT 1m: price moved", "{}", DateTime.UnixEpoch));
        await Eventually.IsTrueAsync(() => bodies.Count == 3, describe: () => "two posts and one more after the refusal");
        await webhooks.StopAsync(default);
        Assert.Equal(bodies[0], bodies[1]);
        Assert.Equal("""{"text":"[critical] BTCUSDT 1m: price moved"}""", bodies[0]);
        Assert.Contains("\"event_action\":\"trigger\"", bodies[2]);
        Assert.Contains("\"routing_key\":\"key\"", bodies[2]);
    }

    private static string[] KindsOf(List<Candle> candles, Func<Candle, Candle> change)
    {
        List<Candle> changed = [.. candles[..^1], change(candles[^1])];
        return [.. CandleSignals.Of(new CandleWindow(changed), changed.Count - 1).Select(alert => alert.Kind)];
    }

    private static List<Candle> Ordinary(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var price = 100 + (decimal)Math.Round(Math.Sin(i), 2) / 10;
        return new Candle(RandomTrades.Btcusdt, Interval.OneMinute, RandomTrades.StartUs + (i * Minute), price, price + 0.02m, price - 0.02m,
            price, 10 + (i % 7), 1000, 10, 5, 500, i, i, CandleState.Closed, 0, 1, true);
    })];

    private static Alert Make(string sighting, AlertSeverity severity, long offsetUs) => new(
        RandomTrades.Btcusdt, "price-jump", severity, "moved", new Dictionary<string, object?> { ["score"] = 9.5 },
        RandomTrades.StartUs + offsetUs, sighting);
}
