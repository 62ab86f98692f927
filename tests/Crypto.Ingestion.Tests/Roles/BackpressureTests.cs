using Crypto.Contracts;
using Crypto.MarketReplay;
using Crypto.MarketReplay.Recordings;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Roles;

public sealed class BackpressureTests
{
    [Fact]
    public async Task While_Kafka_is_away_the_stream_is_given_up_and_afterwards_nothing_is_missing()
    {
        var clients = new LeavingClients();
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions
        {
            Sources = [new SyntheticMarket(new() { TradesPerSecond = 1000, Duration = TimeSpan.FromSeconds(30) })],
            Clock = MarketClock.Now,
            Loop = true,
            // The exchange itself would be patient.
            SlowClientTimeout = TimeSpan.FromMinutes(10),
        }, clients);
        var host = await platform.StartRolesAsync(settings:
            [("Ingestion:FirstStartBackfill", "00:00:00"), ("Ingestion:InFlightMax", "100"), ("Ingestion:HeldBackMax", "00:00:03")]);
        await platform.UntilAsync("select count(*) > 1000 from market.trades", true, TimeSpan.FromSeconds(60));
        Assert.Empty(clients.Reasons);

        await platform.Broker.StopAsync();
        await Eventually.IsTrueAsync(() => clients.Reasons.Count >= 1, TimeSpan.FromSeconds(60), () => $"{clients.Came} came");
        // Bounded: what waits is the limit, and one frame for each of those who wait.
        Assert.InRange(Platform.ReportOf(host).InFlight, 1, 110);
        await platform.Broker.StartAgainAsync();

        await platform.UntilAsync("select count(*) >= 2 and bool_and(state = 'repaired') from market.coverage_gaps", true, TimeSpan.FromSeconds(120));
        await platform.UntilAsync("select count(*) from market.coverage_ranges", 2L, TimeSpan.FromSeconds(60));
        Assert.Equal(0L, await platform.Database.ScalarAsync<long>(
            "select sum(last_id - first_id + 1)::bigint - (select count(*) from market.trades) from market.coverage_ranges"));
    }
}
