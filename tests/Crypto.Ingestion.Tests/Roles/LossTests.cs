using Crypto.Ingestion.Ledger;
using Crypto.MarketReplay;
using Crypto.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crypto.Ingestion.Tests.Roles;

/// <summary>What gets lost on the way is noticed and fetched again.</summary>
public sealed class LossTests
{
    [Fact]
    public async Task Records_of_a_broker_whose_folder_was_deleted_are_found_missing_by_the_auditor()
    {
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions { Recordings = [TestData.PathOf(TestData.SpotBtcusdt)], Speed = 100 });
        var ingestion = await platform.StartRolesAsync(storage: false);
        await Eventually.IsTrueAsync(() => platform.Market!.Status.FramesSent > 4000 && Platform.ReportOf(ingestion).InFlight == 0);

        await platform.LoseTheLogAsync();
        await platform.StartRolesAsync(ingestion: false);

        await platform.UntilAsync("select count(*) from market.trades", 10_147L);
        await platform.UntilAsync("select count(*) from market.coverage_ranges", 1L);
        await platform.UntilAsync("select count(*) from market.coverage_gaps where state = 'open'", 0L);
    }

    [Fact]
    public async Task An_audit_that_waits_for_the_end_of_a_log_goes_on_when_the_log_is_deleted()
    {
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions { Recordings = [TestData.PathOf(TestData.SpotBtcusdt)], Speed = 100 });
        var ingestion = await platform.StartRolesAsync(storage: false);
        await Eventually.IsTrueAsync(() => platform.Market!.Status.FramesSent > 1000 && Platform.ReportOf(ingestion).InFlight == 0);
        var progress = ingestion.Services.GetRequiredService<StorageProgress>();
        var ends = await progress.NoteEndsAsync(CancellationToken.None);
        var waiting = progress.WaitForAsync(ends, CancellationToken.None);

        await platform.LoseTheLogAsync();
        Assert.False(waiting.IsCompleted);
        await platform.StartRolesAsync(ingestion: false);

        await waiting.WaitAsync(TimeSpan.FromMinutes(1));
        await platform.UntilAsync("select count(*) from market.trades", 10_147L);
    }

    [Fact]
    public async Task An_outage_of_the_exchange_is_one_gap_per_symbol_and_is_repaired_when_it_returns()
    {
        await using var platform = await Platform.StartAsync();
        var port = FreePorts.Take();
        await platform.OpenMarketAsync(new MarketReplayOptions { Port = port });
        await platform.StartRolesAsync(settings: [("Ingestion:FirstStartBackfill", "00:00:00"), Platform.Patient]);
        await platform.UntilAsync("select count(distinct instrument_id) from market.trades", 2L);

        await platform.CloseMarketAsync();
        // The market goes on without us: it is a function of wall time.
        var reopenAt = DateTime.UtcNow.AddSeconds(2);
        await Eventually.IsTrueAsync(() => DateTime.UtcNow > reopenAt);
        await platform.OpenMarketAsync(new MarketReplayOptions { Port = port });

        await platform.UntilAsync("select coalesce(string_agg(state || ' ' || reason, ', '), '') from market.coverage_gaps", "repaired reconnect, repaired reconnect");
        await platform.UntilAsync("select count(*) from market.coverage_ranges", 2L);
        Assert.Equal(0L, await platform.Database.ScalarAsync<long>("""
            select sum(r.last_id - r.first_id + 1)::bigint - (select count(*) from market.trades) from market.coverage_ranges r
            """));
    }

    [Fact]
    public async Task Aggregates_cover_the_ids_that_single_trades_would()
    {
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions { Recordings = [TestData.PathOf(TestData.SpotBtcusdt)], Speed = 40 });
        var first = await platform.StartRolesAsync();
        await Eventually.IsTrueAsync(() => platform.Market!.Status.FramesSent > 1000);
        await platform.StopAsync(first);
        await platform.MarketGoesOnAsync(3000);

        await platform.StartRolesAsync(settings: ("Ingestion:RepairWith", "aggregates"));

        // Ids of an aggregate that straddles what the stream brought cannot be had, and are refused rather than made up.
        await platform.UntilAsync("select count(*) > 0 and bool_and(state <> 'open') from market.coverage_gaps", true);
        await platform.UntilAsync("select sum(last_trade_id - trade_id + 1)::bigint > 10047 from market.trades", true);
        Assert.True(await platform.Database.ScalarAsync<bool>("select count(*) > 100 from market.trades where last_trade_id > trade_id"));
        Assert.Equal(0L, await platform.Database.ScalarAsync<long>("""
            select (select sum(last_trade_id - trade_id + 1) from market.trades)::bigint
                - (select sum(last_id - first_id + 1) from market.coverage_ranges)::bigint
            """));
    }

    [Fact]
    public async Task What_is_older_than_the_limit_is_refused_with_the_cause_and_the_rest_is_repaired()
    {
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions { Recordings = [TestData.PathOf(TestData.SpotBtcusdt)], Speed = 50 });
        var first = await platform.StartRolesAsync();
        await Eventually.IsTrueAsync(() => platform.Market!.Status.FramesSent > 1000);
        await platform.StopAsync(first);
        await Eventually.IsTrueAsync(() => platform.Market!.Status.State == MarketReplay.Clocks.ReplayState.Ended);

        await platform.StartRolesAsync(settings: ("Ingestion:RepairMax", "00:01:00"));

        await platform.UntilAsync("select count(*) from market.coverage_gaps where state = 'refused' and reason like 'older than%'", 1L);
        await platform.UntilAsync("select count(*) from market.coverage_gaps where state = 'repaired'", 1L);
        await platform.UntilAsync("select count(*) from market.coverage_ranges", 2L);
        Assert.InRange(await platform.Database.ScalarAsync<double>("""
            select extract(epoch from max(trade_time) - min(trade_time))::float8 from market.trades where origin = 1
            """), 50, 61);
    }
}
