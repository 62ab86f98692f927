using Crypto.Aggregation.Replaying;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>Candles rebuilt from the stored trades beside those that were made live.</summary>
public class ReplayTests
{
    private const long Hour = 3_600_000_000;

    [Fact]
    public async Task A_replay_makes_the_same_bytes_as_the_live_candles_and_writes_them_apart()
    {
        await using var market = await TestMarket.CreateAsync();
        var trades = RandomTrades.Make(51, 3_000, meanStepUs: 4_000_000);
        foreach (var slice in trades.Chunk(170).Reverse())
        {
            market.Publish(slice);
            await market.ApplyAsync(91);
        }
        await market.StoreAsync(trades);
        await market.Idle.TickAsync(default);
        var (store, id) = (new ReplayStore(market.Postgres.DataSource), await market.Postgres.ScalarAsync<int>("select instrument_id from market.instruments"));
        var replay = new CandleReplay(new StoredTrades(market.Postgres.DataSource), store, Interval.All);
        var result = await replay.RunAsync(id, RandomTrades.Btcusdt, RandomTrades.StartUs - Hour, RandomTrades.StartUs + (48 * Hour), default);
        Assert.Empty(result.Differences);
        Assert.Equal(trades.Count, result.Trades);

        await store.WriteAsync("rebuilt", id, result, default);
        await store.WriteAsync("rebuilt", id, result, default);
        Assert.Equal(result.Candles.Count, (int)await market.Postgres.ScalarAsync<long>("select count(*) from rebuilt.candles"));
        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync("market", id, result, default));
    }

    [Fact]
    public async Task A_candle_that_was_tampered_with_is_shown_on_both_sides()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        var trades = RandomTrades.Make(52, 600);
        market.Publish(trades);
        await market.ApplyAsync();
        await market.StoreAsync(trades);
        await market.Postgres.ExecuteAsync("update market.candles set volume = volume + 1 where open_time = (select min(open_time) from market.candles)");
        var result = await new CandleReplay(
            new StoredTrades(market.Postgres.DataSource), new ReplayStore(market.Postgres.DataSource), [Interval.OneMinute]).RunAsync(
            1, RandomTrades.Btcusdt, RandomTrades.StartUs - Hour, RandomTrades.StartUs + (48 * Hour), default);
        Assert.Equal(['+', '-'], result.Differences.Select(line => line[0]));
    }
}
