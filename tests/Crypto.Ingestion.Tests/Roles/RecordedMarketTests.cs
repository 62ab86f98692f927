using Crypto.MarketReplay;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Roles;

public sealed class RecordedMarketTests
{
    [Fact]
    public async Task Every_trade_of_a_recording_is_stored_once()
    {
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions
        {
            Recordings = [TestData.PathOf(TestData.SpotBtcusdt), TestData.PathOf(TestData.SpotEthusdt)],
            Speed = double.PositiveInfinity,
        });

        var host = await platform.StartRolesAsync(settings: Platform.Patient);

        await platform.UntilAsync("select count(*) from market.trades", 24_662L);
        await platform.UntilAsync("select count(*) from market.coverage_ranges", 2L);
        Assert.Equal(10_147L, await platform.Database.ScalarAsync<long>("""
            select last_id - first_id + 1 from market.coverage_ranges join market.instruments using (instrument_id)
            where symbol = 'BTCUSDT'
            """));
        Assert.Equal(0L, await platform.Database.ScalarAsync<long>("select count(*) from market.coverage_gaps"));
        Assert.Equal(0, await platform.Database.ScalarAsync<int>("select max(origin)::int from market.trades"));
        await Eventually.IsTrueAsync(() => Platform.ReportOf(host).Market == "ended");
    }

    [Fact]
    public async Task Trades_missed_between_two_lives_are_fetched_with_one_gap_as_the_cause()
    {
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions { Recordings = [TestData.PathOf(TestData.SpotBtcusdt)], Speed = 60 });
        var first = await platform.StartRolesAsync();
        await Eventually.IsTrueAsync(() => platform.Market!.Status.FramesSent > 2000);
        await platform.StopAsync(first);
        await platform.MarketGoesOnAsync(2000);

        await platform.StartRolesAsync();

        await platform.UntilAsync("select count(*) from market.trades", 10_147L);
        await platform.UntilAsync("select coalesce(string_agg(state || ' ' || reason, ', '), '') from market.coverage_gaps", "repaired restart");
        Assert.Equal(1L, await platform.Database.ScalarAsync<long>("select count(*) from market.coverage_ranges"));
        var repaired = await platform.Database.ScalarAsync<long>("select count(*) from market.trades where origin = 1");
        Assert.InRange(repaired, 1000, 10_000);
    }

    [Fact]
    public async Task A_first_start_in_the_middle_of_a_running_market_fetches_the_last_hour()
    {
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions());
        var before = DateTime.UtcNow;

        await platform.StartRolesAsync(settings: ("Ingestion:FirstStartBackfill", "00:20:00"));

        await platform.UntilAsync(
            "select coalesce(string_agg(distinct state || ' ' || reason, ', '), '') from market.coverage_gaps", "repaired first start");
        await platform.UntilAsync("select count(*) from market.coverage_ranges", 2L);
        var oldest = await platform.Database.ScalarAsync<DateTime>("select min(trade_time) from market.trades");
        Assert.InRange(oldest, before.AddMinutes(-20).AddSeconds(-1), DateTime.UtcNow.AddMinutes(-20).AddSeconds(10));
    }
}
