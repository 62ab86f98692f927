using System.Text.Json;
using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Analytics;

/// <summary>Alerts of the feed as a whole, from trades and tables to <c>market.alerts</c>: severity, evidence, once, cool-down.</summary>
public class AlertPathTests
{
    private const long Second = 1_000_000;
    private const long Minute = 60 * Second;
    private static readonly Instrument Doge = new(Venues.Binance, "DOGEUSDT");

    private long _nextId = 1;

    [Fact]
    public async Task A_price_that_CoinGecko_does_not_know_is_told_in_plain_numbers_once_per_cool_down()
    {
        await using var market = await TestMarket.CreateAsync("1m", "5m");
        await CoinGeckoAsync(market, "dogecoin", "doge", "0.0700000000", rank: 8);
        // Another coin of that symbol which few know, and a price that is none.
        await CoinGeckoAsync(market, "doge-on-nothing", "doge", "0.0740", rank: 4_000);
        await CoinGeckoAsync(market, "dogecoin-zero", "doge", "0", rank: 1);

        await TradeAsync(market, 0, 0.0740000000m);
        await TradeAsync(market, 1, 0.0740000000m);
        var alert = Assert.Single(await AlertsAsync(market));
        Assert.Equal(("divergence", "warning"), (alert.Kind, alert.Severity));
        Assert.Equal("DOGEUSDT: trades at 0.074, CoinGecko says 0.07 (+5.7%)", alert.Message);
        Assert.Equal(0.074, alert.Evidence.GetProperty("close").GetDouble());
        Assert.Equal(0.07, alert.Evidence.GetProperty("coingecko").GetDouble());
        Assert.Equal(0.057, alert.Evidence.GetProperty("difference").GetDouble(), 3);

        // Each minute is another sighting, but the default cool-down is ten of them.
        for (var minute = 2; minute <= 10; minute++) await TradeAsync(market, minute, 0.0740000000m);
        Assert.Single(await AlertsAsync(market));
        await CoinGeckoAsync(market, "dogecoin", "doge", "0.0700000000", rank: 8, minute: 10);
        await TradeAsync(market, 11, 0.0740000000m);
        Assert.Equal(2, (await AlertsAsync(market)).Count);
    }

    [Theory]
    [InlineData("0.0740000000", "usd", 0)] // the same price
    [InlineData("0.0727000000", "usd", 0)] // 1.8 % apart
    [InlineData("0.0500000000", "eur", 0)] // another currency
    [InlineData("0.0500000000", "usd", -11)] // of eleven minutes ago
    public async Task A_price_that_is_near_or_old_or_of_another_currency_is_no_divergence(string theirs, string currency, int minute)
    {
        await using var market = await TestMarket.CreateAsync("1m");
        await CoinGeckoAsync(market, "dogecoin", "doge", theirs, rank: 8, minute, currency);
        await TradeAsync(market, 0, 0.0740000000m);
        await TradeAsync(market, 1, 0.0740000000m);
        Assert.Empty(await AlertsAsync(market));
    }

    [Fact]
    public async Task Silence_of_the_feed_is_told_once_and_the_next_silence_again()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        await TradeAsync(market, 0, 50m);
        await SilenceAsync(market, 59);
        Assert.Empty(await AlertsAsync(market));

        await SilenceAsync(market, 60);
        await SilenceAsync(market, 3_600);
        var alert = Assert.Single(await AlertsAsync(market));
        Assert.Equal(("stale-feed", "critical", "DOGEUSDT: no trade for 60 s"), (alert.Kind, alert.Severity, alert.Message));
        Assert.Equal(60, alert.Evidence.GetProperty("silentSeconds").GetInt64());
        Assert.Equal(UnixTime.ToRfc3339(RandomTrades.StartUs), alert.Evidence.GetProperty("newestTrade").GetString());

        await TradeAsync(market, 61, 50m);
        Assert.Single(await AlertsAsync(market));
        await SilenceAsync(market, (61 * 60) + 75);
        Assert.Equal("DOGEUSDT: no trade for 75 s", (await AlertsAsync(market))[1].Message);
    }

    [Fact]
    public async Task A_gap_is_told_when_it_is_found_and_again_when_it_is_refused_but_not_when_it_is_repaired()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        await TradeAsync(market, 0, 50m);
        await market.Postgres.ExecuteAsync("""
            insert into market.coverage_gaps (instrument_id, first_id, last_id, reason, state, detected_at) values
                (1, 100, 120, 'reconnect', 'open', '2024-08-09 00:00:05+00'), (1, 200, 200, 'reconnect', 'open', '2024-08-09 00:00:06+00')
            """);
        await ComputeTwiceAsync(market);
        // Two gaps, however near each other in time, are two things to look after.
        var open = await AlertsAsync(market);
        Assert.Equal(["DOGEUSDT: trades 100 to 120 are missing (open: reconnect)", "DOGEUSDT: trades 200 to 200 are missing (open: reconnect)"],
            open.Select(a => a.Message));
        Assert.All(open, a => Assert.Equal(("gap", "warning"), (a.Kind, a.Severity)));
        Assert.Equal((100L, 120L, "open"), (open[0].Evidence.GetProperty("firstId").GetInt64(), open[0].Evidence.GetProperty("lastId").GetInt64(),
            open[0].Evidence.GetProperty("state").GetString()));

        await market.Postgres.ExecuteAsync("""
            update market.coverage_gaps set state = case first_id when 100 then 'refused' else 'repaired' end
            """);
        await ComputeTwiceAsync(market);
        var refused = (await AlertsAsync(market))[2..];
        Assert.Equal([("critical", "DOGEUSDT: trades 100 to 120 are missing (refused: reconnect)")], refused.Select(a => (a.Severity, a.Message)));
    }

    // A trade, and what the role does after it: an hour of the market's minutes passes in a moment here.
    private async Task TradeAsync(TestMarket market, int minute, decimal price)
    {
        var timeUs = RandomTrades.StartUs + (minute * Minute);
        market.Publish(new Trade(Doge, _nextId, _nextId, price, 100.0m, timeUs, timeUs, timeUs, false, TradeOrigin.Stream));
        _nextId++;
        await market.ApplyAsync();
        await ComputeTwiceAsync(market);
    }

    private static async Task SilenceAsync(TestMarket market, int second)
    {
        market.Time.Note(RandomTrades.StartUs + (second * Second));
        await ComputeTwiceAsync(market);
    }

    // Whatever was seen once must not be told again.
    private static async Task ComputeTwiceAsync(TestMarket market)
    {
        await market.Get<AnalyticsService>().ComputeAsync(default);
        await market.Get<AnalyticsService>().ComputeAsync(default);
    }

    private static Task CoinGeckoAsync(
        TestMarket market, string coin, string symbol, string price, int rank, int minute = 0, string currency = "usd") => market.Postgres.ExecuteAsync($"""
        insert into market.coin_prices (coin_id, vs_currency, ts_event, symbol, name, current_price, market_cap_rank)
        values ('{coin}', '{currency}', timestamptz '2024-08-09 00:00+00' + interval '{minute} minutes', '{symbol}', '{coin}', {price}, {rank})
        """);

    private static async Task<List<(string Kind, string Severity, string Message, JsonElement Evidence)>> AlertsAsync(TestMarket market)
    {
        await using var select = market.Postgres.DataSource.CreateCommand(
            "select kind, severity, message, evidence::text from market.alerts order by alert_id");
        var alerts = new List<(string, string, string, JsonElement)>();
        await using var rows = await select.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            alerts.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2), JsonDocument.Parse(rows.GetString(3)).RootElement));
        return alerts;
    }
}
