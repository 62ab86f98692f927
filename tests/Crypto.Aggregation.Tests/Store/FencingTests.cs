using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>Two processes on one partition: the one that lost it changes nothing.</summary>
public class FencingTests
{
    [Fact]
    public async Task A_zombie_is_fenced_and_the_candles_count_every_trade_once()
    {
        var trades = RandomTrades.Make(21, 400);
        await using var market = await TestMarket.CreateAsync("1s", "1m");
        market.Publish(trades);
        await market.AssignAsync();
        await market.ApplyNextAsync(100);
        await using var heir = market.Again("1s", "1m");
        await heir.AssignAsync();
        await heir.ApplyNextAsync(150);
        await Assert.ThrowsAsync<FencedException>(() => market.ApplyNextAsync(100));
        await heir.ApplyAsync();
        Assert.Equal(NaiveCandle.Fold(trades, Interval.OneSecond), await heir.NaiveAsync(Interval.OneSecond));
        Assert.Equal(NaiveCandle.Fold(trades, Interval.OneMinute), await heir.NaiveAsync(Interval.OneMinute));
    }

    [Fact]
    public async Task A_timer_that_works_from_outdated_memory_is_fenced_and_reads_anew()
    {
        var trades = RandomTrades.Make(22, 200);
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(trades);
        await market.AssignAsync();
        await market.ApplyNextAsync(100);
        await using var heir = market.Again("1m");
        await heir.ApplyAsync();
        market.Time.Note(trades[^1].TradeTimeUs + 3_600_000_000);
        await Assert.ThrowsAsync<FencedException>(() => market.Idle.TickAsync(default));
        await market.Idle.TickAsync(default);
        Assert.Equal(NaiveCandle.Fold(trades, Interval.OneMinute), await heir.NaiveAsync(Interval.OneMinute));
    }

    [Fact]
    public async Task A_log_made_anew_is_read_from_its_beginning_and_folded_once()
    {
        var trades = RandomTrades.Make(23, 300);
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(trades);
        await market.ApplyAsync();
        await market.Postgres.ExecuteAsync("update market.stream_offsets set topic_id = 'another'");
        await using var next = market.Again("1m");
        await next.ApplyAsync(50);
        Assert.Equal(NaiveCandle.Fold(trades, Interval.OneMinute), await next.NaiveAsync(Interval.OneMinute));
    }
}
