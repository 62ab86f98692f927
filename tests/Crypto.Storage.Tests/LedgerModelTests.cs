using Crypto.Contracts;
using Crypto.Testing;
using Xunit;

namespace Crypto.Storage.Tests;

/// <summary>Random histories against a model of the ledger: sets of ids, nothing else.</summary>
public sealed class LedgerModelTests
{
    [Fact]
    public async Task Random_histories_leave_what_the_model_says()
    {
        for (var seed = 0; seed < TestScale.Count(100); seed++) await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        await using var store = await Store.CreateAsync();
        var random = new Random(seed);
        var (stored, voids) = (new SortedSet<long>(), new SortedSet<long>());
        var trades = new TestLog();
        var coverage = new TestLog(Topics.Coverage);
        for (var step = 0; step < 12; step++)
        {
            if (random.Next(4) == 0)
            {
                var first = random.Next(200);
                var last = first + random.Next(3);
                await StoreAsync(store, random, coverage.Add(Records.Value(CoverageKind.Void, first, last, "zero price")));
                for (var id = first; id <= last; id++)
                    if (!stored.Contains(id)) voids.Add(id);
            }
            else
            {
                // A stream with skips, repeats and steps back.
                var at = random.Next(200);
                var ids = Enumerable.Range(0, random.Next(1, 40)).Select(_ => (long)(at = Math.Max(0, at + random.Next(-2, 4)))).ToList();
                await StoreAsync(store, random, trades.Trades(ids));
                stored.UnionWith(ids.Where(id => !voids.Contains(id)));
            }
        }

        Assert.True(stored.SequenceEqual(await store.IdsAsync()), $"trades of seed {seed}");
        var covered = await store.ListAsync<long>(
            "select id from market.coverage_ranges, generate_series(first_id, last_id) id order by id");
        Assert.True(stored.Union(voids).Order().SequenceEqual(covered), $"ledger of seed {seed}");
        var storedVoids = await store.ListAsync<long>(
            "select id from market.coverage_voids, generate_series(first_id, last_id) id order by id");
        Assert.True(voids.SequenceEqual(storedVoids), $"voids of seed {seed}");
        Assert.Equal(0, await store.Postgres.ScalarAsync<long>("""
            select count(*) from market.coverage_ranges a join market.coverage_ranges b
            on a.instrument_id = b.instrument_id and a.first_id < b.first_id and a.last_id + 1 >= b.first_id
            """));
        Assert.Equal(covered.Max(), await store.Postgres.ScalarAsync<long>("select max(high_water) from market.instruments"));
    }

    /// <summary>Some of the time by a consumer that dies before it commits, or by one that a zombie overtakes.</summary>
    private static async Task StoreAsync(Store store, Random random, TestLog log)
    {
        if (random.Next(3) == 0)
        {
            var zombie = store.Handler();
            var next = await zombie.AssignAsync(log.Assigned, default);
            await store.StoreAsync(log, random.Next(1, 20));
            await Assert.ThrowsAsync<FencedException>(() => zombie.HandleAsync(log.Batch(next), default));
        }
        else if (random.Next(3) == 0)
        {
            var dying = store.Handler();
            var next = await dying.AssignAsync(log.Assigned, default);
            using var death = new CancellationTokenSource();
            death.CancelAfter(TimeSpan.FromMilliseconds(random.Next(8)));
            try
            {
                await dying.HandleAsync(log.Batch(next), death.Token);
            }
            catch (OperationCanceledException)
            {
                // Killed somewhere in its transaction; or it was faster.
            }
            await store.StoreAsync(log, random.Next(1, 20));
        }
        else
        {
            await store.StoreAsync(log, random.Next(1, 20));
        }
    }
}
