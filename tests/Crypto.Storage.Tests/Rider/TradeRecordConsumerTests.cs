using System.Text;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Storage.MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crypto.Storage.Tests.Rider;

public sealed class TradeRecordConsumerTests
{
    private const string Mark = "select coalesce(max(next_offset), 0) from market.stream_offsets where consumer = 'storage'";

    [Fact]
    public async Task A_batch_of_one_symbol_fills()
    {
        await using var rider = await RiderHarness.StartAsync(batchSize: 100, linger: "00:00:05");
        await rider.SendTradesAsync(Enumerable.Range(1, 500).Select(id => (long)id));
        await rider.UntilStoredAsync(500);
        Assert.Equal((5, 100), rider.Progress.Batches);
    }

    [Fact]
    public async Task Batches_that_wait_are_stored_together()
    {
        await using var rider = await RiderHarness.StartAsync(batchSize: 200, linger: "00:00:00.005");
        await using (var blocker = await rider.Postgres.DataSource.OpenConnectionAsync())
        await using (await blocker.BeginTransactionAsync())
        {
            await using var block = new Npgsql.NpgsqlCommand("lock table market.instruments in exclusive mode", blocker);
            await block.ExecuteNonQueryAsync();
            // One by one, so that each is a batch of its own.
            for (var id = 1; id <= 30; id++)
            {
                await rider.SendTradesAsync([id], firstOffset: id - 1);
                await rider.UntilAsync(() => rider.Progress.Batches.Count == id);
            }
        }
        await rider.UntilStoredAsync(30);
        // Each transaction leaves its own id in the rows that it made: what waited first, and all the rest.
        Assert.InRange(await rider.Postgres.ScalarAsync<long>("select count(distinct xmin::text) from market.trades"), 1, 3);
    }

    [Fact]
    public async Task Records_that_come_again_are_stored_once()
    {
        await using var rider = await RiderHarness.StartAsync();
        var ids = Enumerable.Range(1, 300).Select(id => (long)id).ToList();
        await rider.SendTradesAsync(ids);
        await rider.UntilStoredAsync(300);
        await rider.SendTradesAsync(ids);
        await rider.SendTradesAsync([301], firstOffset: 300);
        await rider.UntilStoredAsync(301);
        Assert.Equal(301, await rider.Postgres.ScalarAsync<long>("select max(last_id) - min(first_id) + 1 from market.coverage_ranges"));
        Assert.Equal(1, await rider.Postgres.ScalarAsync<long>("select count(*) from market.coverage_ranges"));
    }

    [Fact]
    public async Task The_mark_of_progress_waits_for_a_record_that_was_overtaken()
    {
        await using var rider = await RiderHarness.StartAsync();
        await rider.SendTradesAsync([1, 2, 3]);
        await rider.UntilAsync(Mark, 3);
        await rider.SendTradesAsync([5, 6], firstOffset: 4);
        await rider.UntilStoredAsync(5);
        Assert.Equal(3, await rider.Postgres.ScalarAsync<long>(Mark));
        await rider.SendTradesAsync([4], firstOffset: 3);
        await rider.UntilAsync(Mark, 6);
    }

    [Fact]
    public async Task The_mark_never_falls_when_old_records_come_again()
    {
        await using var rider = await RiderHarness.StartAsync();
        await rider.SendTradesAsync(Enumerable.Range(1, 50).Select(id => (long)id));
        await rider.UntilAsync(Mark, 50);
        await rider.SendTradesAsync([1, 2, 3]);
        await rider.SendTradesAsync([51], firstOffset: 50);
        await rider.UntilAsync(Mark, 51);
    }

    [Fact]
    public async Task Poison_goes_to_the_dead_letters_and_the_rest_is_stored()
    {
        await using var rider = await RiderHarness.StartAsync();
        var poison = Encoding.UTF8.GetBytes("{\"no\":\"trade\"}");
        await rider.SendAsync(Topics.Trades, 2,
            [(7, Records.Value(Records.Trade(1))), (8, poison), (9, []), (10, Records.Value(Records.Trade(2)))]);
        await rider.UntilStoredAsync(2);
        var letters = rider.DeadLetters(Topics.Trades, 2);
        Assert.Equal(poison, letters[0].Message.Value);
        Assert.True(letters[0].Message.Headers.TryGetLastBytes(DeadLetters.OffsetHeader, out var offset));
        Assert.Equal("8", Encoding.UTF8.GetString(offset));
    }

    [Fact]
    public async Task Coverage_events_reach_the_ledger()
    {
        await using var rider = await RiderHarness.StartAsync();
        await rider.SendTradesAsync([1, 3]);
        await rider.SendAsync(Topics.Coverage, 0, [(0, Records.Value(CoverageKind.Void, 2, 2, "zero price"))]);
        await rider.UntilAsync("select coalesce(sum(last_id - first_id + 1), 0)::bigint from market.coverage_ranges", 3);
        Assert.Equal(1, await rider.Postgres.ScalarAsync<long>("select count(*) from market.coverage_ranges"));
    }

    [Fact]
    public async Task A_database_that_refuses_is_tried_until_it_takes_the_batch()
    {
        await using var rider = await RiderHarness.StartAsync();
        // The reason passes: another session holds what the batch needs, and gives up waiting at once.
        await rider.Postgres.ExecuteAsync($"alter database {rider.Postgres.Database} set lock_timeout = '50ms'");
        rider.Postgres.DataSource.Clear();
        await using (var blocker = await rider.Postgres.DataSource.OpenConnectionAsync())
        await using (var transaction = await blocker.BeginTransactionAsync())
        {
            await using var block = new Npgsql.NpgsqlCommand("lock table market.instruments in access exclusive mode", blocker);
            await block.ExecuteNonQueryAsync();
            await rider.SendTradesAsync([1, 2, 3]);
            await rider.UntilAsync(() => rider.Progress.Failure is not null);
        }
        await rider.UntilStoredAsync(3);
        // The rows can be read a moment before the session that made them hears that they are there.
        await rider.UntilAsync(() => rider.Progress.Failure is null);
        Assert.False(rider.Host.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task What_no_retry_mends_stops_the_process_and_confirms_nothing()
    {
        await using var rider = await RiderHarness.StartAsync();
        await rider.SendTradesAsync([1]);
        await rider.UntilStoredAsync(1);
        await rider.Postgres.ExecuteAsync("drop table market.coverage_ranges cascade");
        await rider.SendTradesAsync([2], firstOffset: 1);
        await rider.UntilAsync(() => rider.Host.ApplicationStopping.IsCancellationRequested);
        Assert.Equal(1, await rider.Postgres.ScalarAsync<long>("select count(*) from market.trades"));
        Assert.Equal(1, rider.Progress.Records);
        Assert.Contains("stopped", rider.Progress.Failure!.Value.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_knows_the_broker_and_the_lag()
    {
        await using var rider = await RiderHarness.StartAsync();
        var check = ActivatorUtilitiesCheck(rider);
        await rider.SendTradesAsync([1, 2, 3]);
        await rider.UntilStoredAsync(3);
        // The in-memory transport brought what the broker's log does not have, so there is no lag.
        Assert.Equal(0L, (await UntilAsync(check, HealthStatus.Healthy)).Data["lagRecords"]);
        await rider.Broker.StopAsync();
        await UntilAsync(check, HealthStatus.Unhealthy);
    }

    // A broker on a busy machine may not answer within the check's own patience at once.
    private static async Task<HealthCheckResult> UntilAsync(RiderHealthCheck check, HealthStatus expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (true)
        {
            var result = await check.CheckHealthAsync(new HealthCheckContext(), patience.Token);
            if (result.Status == expected) return result;
            await Task.Delay(50, patience.Token);
        }
    }

    private static RiderHealthCheck ActivatorUtilitiesCheck(RiderHarness rider) => new(
        rider.Progress, rider.Get<KafkaTopics>(), rider.Get<IOptions<RiderOptions>>(), TimeProvider.System);
}
