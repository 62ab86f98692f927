using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>What the settings turn on and off.</summary>
public class SwitchTests
{
    private const long Minute = 60_000_000;
    private const long Start = RandomTrades.StartUs;

    [Fact]
    public async Task Without_flat_candles_silence_leaves_a_hole_and_the_clock_adds_nothing()
    {
        await using var market = await TestMarket.WithAsync("FlatCandles", "false", "1m");
        market.Publish(At(5, 10), At(6, 11 * Minute));
        await market.ApplyAsync();
        market.Time.Note(Start + (60 * Minute));
        await market.Idle.TickAsync(default);
        await market.Idle.SweepAsync(default);
        Assert.Equal([Start, Start + (11 * Minute)], (await market.CandlesAsync(Interval.OneMinute, withFlat: true)).Select(c => c.OpenTimeUs));
    }

    [Fact]
    public async Task A_first_candle_that_began_before_the_data_is_shown_by_default_and_says_that_it_is_not_complete()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(At(5, 10), At(6, Minute), At(7, 2 * Minute));
        await market.ApplyAsync();
        Assert.Equal([(false, false), (true, false), (true, false)], await ShownAsync(market));
    }

    [Fact]
    public async Task It_is_skipped_where_the_settings_say_so_and_shown_when_its_beginning_comes()
    {
        await using var market = await TestMarket.WithAsync("SkipPartialFirst", "true", "1m");
        market.Publish(At(5, 10), At(6, Minute), At(7, 2 * Minute));
        await market.ApplyAsync();
        Assert.Equal([(false, true), (true, false), (true, false)], await ShownAsync(market));

        // Older trades come, from a minute before: now that one is the first.
        market.Publish(At(4, 5));
        await market.ApplyAsync();
        Assert.Equal([(false, true), (true, false), (true, false)], await ShownAsync(market));
        market.Publish(At(3, -Minute));
        await market.ApplyAsync();
        Assert.Equal([(false, true), (true, false), (true, false), (true, false)], await ShownAsync(market));
    }

    [Fact]
    public async Task A_skipped_candle_that_memory_let_go_is_shown_when_its_beginning_comes()
    {
        await using var market = await TestMarket.WithAsync("SkipPartialFirst", "true", "1m");
        market.Publish(Enumerable.Range(0, 60).Select(i => At(100 + i, i * Minute)));
        await market.ApplyAsync();
        market.Time.Note(Start + (90 * Minute));
        await market.Idle.TickAsync(default);
        Assert.True(Assert.Single(market.Owned.States).Newest[0].FirstOpenUs > Start);
        market.Publish(At(99, -Minute));
        await market.ApplyAsync();
        await market.Idle.SweepAsync(default);
        Assert.Equal([(false, true), (true, false)], (await ShownAsync(market))[..2]);
    }

    [Fact]
    public async Task The_first_trade_of_all_is_no_partial_beginning()
    {
        await using var market = await TestMarket.WithAsync("SkipPartialFirst", "true", "1m");
        market.Publish(At(0, 10), At(1, Minute));
        await market.ApplyAsync();
        Assert.Equal([(true, false), (true, false)], await ShownAsync(market));
    }

    [Fact]
    public async Task A_skipped_candle_is_not_sent_at_the_next_start()
    {
        await using var market = await TestMarket.WithAsync("SkipPartialFirst", "true", "1m");
        market.Publish(At(5, 10), At(6, Minute));
        await market.ApplyAsync();
        var unpublished = await market.Get<Aggregation.Store.StateLoader>().UnpublishedAsync(1, RandomTrades.Btcusdt, default);
        Assert.Equal([Start + Minute], unpublished.Select(c => c.OpenTimeUs));
    }

    private static async Task<List<(bool Complete, bool Skipped)>> ShownAsync(TestMarket market)
    {
        await using var select = market.Postgres.DataSource.CreateCommand("select complete, skipped from market.candles order by open_time");
        await using var rows = await select.ExecuteReaderAsync();
        var shown = new List<(bool, bool)>();
        while (await rows.ReadAsync()) shown.Add((rows.GetBoolean(0), rows.GetBoolean(1)));
        return shown;
    }

    private static Trade At(long id, long offsetUs) => new(
        RandomTrades.Btcusdt, id, id, 50.00m, 0.100m, Start + offsetUs, Start + offsetUs, Start + offsetUs, false, TradeOrigin.Stream);
}
