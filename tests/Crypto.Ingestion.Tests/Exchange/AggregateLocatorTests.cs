using Crypto.Ingestion.Repair;
using Crypto.MarketReplay;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Exchange;

public sealed class AggregateLocatorTests
{
    [Fact]
    public async Task An_aggregate_is_found_by_any_trade_in_it_and_its_successors_follow_without_a_hole()
    {
        await using var market = await MarketReplayServer.StartAsync(new MarketReplayOptions(), NullLoggerFactory.Instance, default);
        var rest = StubExchange.Client(market.Url);
        var newest = (await rest.NewestAsync("ETHUSDT", default))!;
        var locator = new AggregateLocator(rest);
        var random = new Random(11);

        for (var i = 0; i < 40; i++)
        {
            var wanted = newest.Id - (long)Math.Pow(10, random.NextDouble() * 6);
            var rows = await locator.FromTradeAsync("ETHUSDT", wanted, default);

            Assert.InRange(wanted, rows[0].Id, rows[0].LastId);
            Assert.True(rows.Length >= 500 || rows[^1].LastId >= newest.Id, $"{rows.Length} aggregates from {wanted}");
            Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Equal(pair.First.LastId + 1, pair.Second.Id));
        }
    }

    [Fact]
    public async Task There_is_nothing_after_the_newest_trade()
    {
        await using var market = await MarketReplayServer.StartAsync(new MarketReplayOptions(), NullLoggerFactory.Instance, default);
        var rest = StubExchange.Client(market.Url);
        var newest = (await rest.NewestAsync("BTCUSDT", default))!;

        Assert.Empty(await new AggregateLocator(rest).FromTradeAsync("BTCUSDT", newest.Id + 1_000_000, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_trade_of_a_time_is_found_by_aggregates_and_by_search(bool hasAggregates)
    {
        await using var market = await MarketReplayServer.StartAsync(new MarketReplayOptions(), NullLoggerFactory.Instance, default);
        var rest = StubExchange.Client(market.Url);
        var history = new TradeHistory(rest, false, NullLogger<TradeHistory>.Instance);
        var newest = (await rest.NewestAsync("BTCUSDT", default))!;
        var wantedUs = newest.TimeUs - 600_000_000;

        var id = hasAggregates
            ? (await history.FirstIdSinceAsync("BTCUSDT", wantedUs, newest, default))!.Value
            : await history.SearchAsync("BTCUSDT", wantedUs, newest.Id, default);

        var at = await history.FirstFromAsync("BTCUSDT", id, default);
        var before = await history.FirstFromAsync("BTCUSDT", id - 1, default);
        Assert.True(at!.TimeUs >= wantedUs - 1000 && before!.TimeUs < wantedUs + 1000, $"{before} {wantedUs} {at}");
    }
}
