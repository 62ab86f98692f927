using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Crypto.Aggregation.Reconciling;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Tests.Reconciling;

/// <summary>The check that goes on by itself, against an exchange that serves the recorded candles over HTTP.</summary>
public class BackgroundCheckTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_score_is_a_row_and_a_metric_and_a_difference_is_an_alert()
    {
        await using var exchange = await ServeAsync();
        await using var market = await TestMarket.WithAsync("MarketUrl", UrlOf(exchange), "1m");
        market.Get<AggregationOptions>().ReconcileEvery = TimeSpan.FromMilliseconds(100);
        market.Publish(RecordedTrades.Read(TestData.UsdmBtcusdt, Venues.BinanceUsdm));
        await market.ApplyAsync(5000);
        var scores = new ConcurrentDictionary<string, double>();
        using var listener = Listen(scores);
        var check = market.Get<ReconcileService>();
        await check.StartAsync(default);

        // The first minute began before the recording did, the last one is still open.
        await Eventually.IsTrueAsync(async () => await RowAsync(market) == "4 4 0", "every whole candle equal", Patience);
        Assert.Equal(1.0, Observed(listener, scores));
        Assert.Equal(0L, await market.Postgres.ScalarAsync<long>("select count(*) from market.alerts"));

        await market.Postgres.ExecuteAsync("update market.candles set volume = volume + 1 where open_time = '2024-08-08 23:56+00'");
        await Eventually.IsTrueAsync(async () => await RowAsync(market) == "4 3 1", "one candle different", Patience);
        await Eventually.IsTrueAsync(() => Observed(listener, scores) == 0.75, Patience, describe: () => "the metric follows");
        await Eventually.IsTrueAsync(async () => await market.Postgres.ScalarAsync<long>(
            "select count(*) from market.alerts where kind = 'reconciliation' and severity = 'critical' and evidence ? 'volume'") == 1, "one alert", Patience);

        // The next rounds see the same, and say nothing.
        await RoundsAsync(market, 2);
        Assert.Equal(["BTCUSDT 1m: the candle of 2024-08-08T23:56:00.000000Z differs from the exchange's in volume"], await MessagesAsync(market));
        Assert.Equal("203.143", await market.Postgres.ScalarAsync<string>("select evidence->'volume'->>1 from market.alerts"));
        await check.StopAsync(default);
    }

    [Fact]
    public async Task A_candle_that_the_exchange_lacks_lowers_the_score_and_is_an_alert()
    {
        await using var exchange = await ServeAsync(without: "1723161360000");
        await using var market = await TestMarket.WithAsync("MarketUrl", UrlOf(exchange), "1m");
        market.Get<AggregationOptions>().ReconcileEvery = TimeSpan.FromMilliseconds(100);
        market.Publish(RecordedTrades.Read(TestData.UsdmBtcusdt, Venues.BinanceUsdm));
        await market.ApplyAsync(5000);
        var check = market.Get<ReconcileService>();
        await check.StartAsync(default);

        await Eventually.IsTrueAsync(async () => await RowAsync(market) == "4 3 1", "one candle more than the exchange has", Patience);
        await RoundsAsync(market, 2);
        Assert.Equal(["BTCUSDT 1m: the candle of 2024-08-08T23:56:00.000000Z differs from the exchange's in candle"], await MessagesAsync(market));
        Assert.Equal("1992 trades none", await market.Postgres.ScalarAsync<string>(
            "select (evidence->'candle'->>0) || ' ' || (evidence->'candle'->>1) from market.alerts"));
        await check.StopAsync(default);
    }

    // Waits until the table has been written so many times more.
    private static async Task RoundsAsync(TestMarket market, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var before = await CheckedAsync(market);
            await Eventually.IsTrueAsync(async () => await CheckedAsync(market) > before, "another round", Patience);
        }
    }

    private static Task<DateTime> CheckedAsync(TestMarket market) => market.Postgres.ScalarAsync<DateTime>("select checked_at from market.reconciliations");

    private static async Task<string[]> MessagesAsync(TestMarket market) =>
        (await market.Postgres.ScalarAsync<string[]>("select array_agg(message order by alert_id) from market.alerts"))!;

    private static async Task<string?> RowAsync(TestMarket market) => await market.Postgres.ScalarAsync<string>(
        "select compared || ' ' || equal || ' ' || jsonb_array_length(differences) from market.reconciliations where interval_s = 60");

    private static MeterListener Listen(ConcurrentDictionary<string, double> scores)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "crypto.aggregation.reconciliation.score") self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) => scores[string.Join(' ', tags.ToArray().Select(tag => tag.Value))] = value);
        listener.Start();
        return listener;
    }

    private static double? Observed(MeterListener listener, ConcurrentDictionary<string, double> scores)
    {
        listener.RecordObservableInstruments();
        return scores.TryGetValue("binance-usdm:BTCUSDT 1m", out var score) ? score : null;
    }

    private static async Task<WebApplication> ServeAsync(string without = "")
    {
        var lines = (await File.ReadAllLinesAsync(TestData.PathOf(TestData.UsdmBtcusdtKlines))).Where(line => without == "" || !line.StartsWith(without, StringComparison.Ordinal)).ToArray();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var exchange = builder.Build();
        exchange.Urls.Add("http://127.0.0.1:0");
        // As Binance answers: times and counts are numbers, everything else is text.
        exchange.MapGet("/fapi/v1/klines", (long startTime, long endTime) => "[" + string.Join(',', lines[1..].Select(line => line.Split(','))
            .Where(f => long.Parse(f[0], null) >= startTime && long.Parse(f[0], null) <= endTime)
            .Select(f => "[" + string.Join(',', f.Select((text, i) => i is 0 or 6 or 8 ? text : $"\"{text}\"")) + "]")) + "]");
        await exchange.StartAsync();
        return exchange;
    }

    private static string UrlOf(WebApplication exchange) =>
        exchange.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
