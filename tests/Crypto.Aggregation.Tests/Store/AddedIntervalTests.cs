using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>Intervals that the settings turn on when there are candles already, as a new version's defaults may.</summary>
public class AddedIntervalTests
{
    private const int Before = 900;
    private const int Late = 300;

    private readonly List<Trade> _trades = RandomTrades.Make(61, 1_500, meanStepUs: 60_000_000, aggregates: 0);

    [Fact]
    public async Task Longer_candles_are_whole_from_the_first_trade_on_and_shorter_ones_from_the_next_candle_on()
    {
        await using var market = await MarketAsync("1m", "1h");
        await using var next = market.Again();
        await ContinueAsync(next);

        foreach (var interval in Interval.All.Skip(1)) Assert.Equal(NaiveCandle.Fold(Known(), interval), await next.NaiveAsync(interval));
        var sinceUs = Interval.OneMinute.OpenTimeOf(_trades[Before - 1].TradeTimeUs) + Interval.OneMinute.LengthUs;
        Assert.Equal(NaiveCandle.Fold(Known().Where(t => t.TradeTimeUs >= sinceUs), Interval.OneSecond), await next.NaiveAsync(Interval.OneSecond));
        Assert.Equal(0L, await next.Postgres.ScalarAsync<long>("select count(*) from market.candle_recomputations"));
        // Nothing was known of them before: it is no revision.
        Assert.Equal(0L, await next.Postgres.ScalarAsync<long>("select count(*) from market.candle_revisions"));
    }

    [Fact]
    public async Task Until_its_former_trades_are_folded_a_candle_does_not_claim_to_be_complete()
    {
        await using var market = await MarketAsync("1m", "1h");
        await market.StoreAsync(Known());
        await using var next = market.Again("1m", "1h", "1d");
        next.Publish(_trades[Before]);
        await next.ApplyAsync();
        var day = Assert.Single(await next.CandlesAsync(Interval.OneDay));
        Assert.Equal((1L, false), (day.TradeCount, day.Complete));
        await next.Idle.TickAsync(default);
        Assert.Equal(Before, Assert.Single(await next.CandlesAsync(Interval.OneDay)).TradeCount);
    }

    [Fact]
    public async Task A_late_trade_of_an_older_candle_is_taken_in_although_the_shorter_ones_do_not_reach_back()
    {
        await using var market = await MarketAsync("1m", "1h");
        await using var next = market.Again();
        await ContinueAsync(next);
        next.Publish(_trades[Late]);
        await next.ApplyAsync();
        await next.StoreAsync(_trades[Late]);
        await SettleAsync(next);
        foreach (var interval in Interval.All.Skip(1)) Assert.Equal(NaiveCandle.Fold(_trades, interval), await next.NaiveAsync(interval));
        Assert.DoesNotContain(await next.CandlesAsync(Interval.OneSecond), candle => candle.OpenTimeUs <= _trades[Late].TradeTimeUs);
    }

    [Fact]
    public async Task An_interval_that_was_off_for_a_while_gets_what_it_missed()
    {
        await using var market = await MarketAsync("1m", "15m", "4h");
        await using (var without = market.Again("1m"))
        {
            without.Publish(_trades[Before..1_200]);
            await without.ApplyAsync();
        }
        await using var next = market.Again("1m", "15m", "4h");
        next.Publish(_trades[1_200..]);
        await next.ApplyAsync();
        await next.StoreAsync(Known());
        await SettleAsync(next);
        foreach (var interval in (Interval[])[Interval.OneMinute, Interval.FifteenMinutes, Interval.FourHours])
            Assert.Equal(NaiveCandle.Fold(Known(), interval), await next.NaiveAsync(interval));
    }

    [Fact]
    public async Task Preparing_again_and_again_changes_nothing()
    {
        await using var market = await MarketAsync("1m", "1h");
        var texts = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await using var next = market.Again();
            await next.AssignAsync();
            texts.Add(await next.Postgres.ScalarAsync<string>("""
                select (select count(*) from market.candle_recomputations) || ' ' || (select string_agg(interval_s || ' ' || since, ',') from market.interval_starts)
                    || ' ' || (select intervals::text from market.aggregated_instruments)
                """) ?? "");
        }
        Assert.Single(texts.Distinct());
    }

    private List<Trade> Known() => [.. _trades.Where((_, i) => i != Late)];

    private async Task<TestMarket> MarketAsync(params string[] intervals)
    {
        var market = await TestMarket.CreateAsync(intervals);
        market.Publish(Known().Take(Before - 1));
        await market.ApplyAsync(200);
        return market;
    }

    private async Task ContinueAsync(TestMarket market)
    {
        await market.StoreAsync(Known());
        await market.AssignAsync();
        await market.Idle.TickAsync(default);
        await market.Idle.TickAsync(default);
        market.Publish(_trades[Before..]);
        await market.ApplyAsync(100);
        await SettleAsync(market);
    }

    private async Task SettleAsync(TestMarket market)
    {
        market.Time.Note(_trades[^1].TradeTimeUs + 600_000_000);
        for (var i = 0; i < 3; i++)
        {
            await market.Idle.TickAsync(default);
            await market.Idle.SweepAsync(default);
        }
    }
}
