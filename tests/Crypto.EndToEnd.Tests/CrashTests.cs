using Crypto.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Crypto.EndToEnd.Tests;

/// <summary>
/// SIGKILL at random moments of a replay: what is in the database afterwards equals an undisturbed run in every field that
/// the exchange determines.
/// </summary>
[Collection(nameof(Reference))]
public sealed class CrashTests(Reference reference, ITestOutputHelper output)
{
    // Eleven minutes of recording in eleven seconds: long enough to be killed in, short enough to be repeated.
    private static readonly string[] Replay = [.. Reference.Recordings, "--speed", "60"];
    private static readonly string[] Slowly = [.. Reference.Recordings, "--speed", "30"];
    private readonly Random _random = new(NewSeed(output));

    [Fact]
    public async Task The_whole_process_killed_at_random_moments_loses_and_doubles_nothing()
    {
        await using var pipeline = new Pipeline();
        for (var kill = 0; kill < TestScale.Count(20); kill++)
        {
            var process = pipeline.Up(Replay);
            await process.HealthyAsync();
            await RandomPauseAsync(8_000);
            await process.KillAsync();
        }

        var last = pipeline.UpHere([.. Reference.Recordings, "--speed", "max"]);

        await reference.AssertSameAsync(last);
    }

    [Fact]
    public async Task Each_role_killed_in_a_process_of_its_own_loses_and_doubles_nothing()
    {
        await using var pipeline = new Pipeline();
        var kafka = pipeline.UpRole("kafka", Slowly);
        var postgres = pipeline.UpRole("postgres", Slowly);
        await kafka.HealthyAsync();
        await postgres.HealthyAsync();
        var market = pipeline.UpRole("market", Slowly);
        await market.HealthyAsync();
        var query = pipeline.UpRole("query", Slowly);
        var victims = new Dictionary<string, StandaloneProcess> { ["kafka"] = kafka };
        foreach (var role in new[] { "storage", "aggregation", "ingestion" })
        {
            victims[role] = pipeline.UpRole(role, Slowly);
            await victims[role].HealthyAsync();
        }

        for (var kill = 0; kill < TestScale.Count(20, atLeast: 4); kill++)
        {
            var role = victims.Keys.Order(StringComparer.Ordinal).ElementAt(kill % victims.Count);
            await RandomPauseAsync(4_000);
            output.WriteLine($"killing {role}");
            await victims[role].KillAsync();
            victims[role] = pipeline.UpRole(role, Slowly);
        }

        await reference.AssertSameAsync(query);
    }

    [Fact]
    public async Task PostgreSQL_stopped_for_a_while_loses_and_doubles_nothing()
    {
        await using var pipeline = new Pipeline();
        var postgres = pipeline.UpRole("postgres", Replay);
        await postgres.HealthyAsync();
        var rest = pipeline.UpHere(["--roles", "market,kafka,ingestion,storage,aggregation,query", .. Replay]);
        await rest.HealthyAsync();
        await RandomPauseAsync(4_000);

        await postgres.StopAsync(TimeSpan.FromSeconds(10));
        await Task.Delay(TestScale.IsLong ? TimeSpan.FromMinutes(6) : TimeSpan.FromSeconds(30));
        pipeline.UpRole("postgres", Replay);

        await reference.AssertSameAsync(rest);
    }

    [Fact]
    public async Task The_brokers_folder_deleted_under_a_kept_database_loses_and_doubles_nothing()
    {
        await using var pipeline = new Pipeline();
        var kafka = pipeline.UpRole("kafka", Replay);
        await kafka.HealthyAsync();
        var rest = pipeline.UpHere(["--roles", "market,postgres,ingestion,storage,aggregation,query", .. Replay]);
        await rest.HealthyAsync();
        await RandomPauseAsync(4_000);

        await kafka.KillAsync();
        Directory.Delete(Path.Combine(pipeline.Folder, "kafka"), recursive: true);
        pipeline.UpRole("kafka", Replay);

        await reference.AssertSameAsync(rest);
    }

    private static int NewSeed(ITestOutputHelper output)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return seed;
    }

    private Task RandomPauseAsync(int atMostMs) => Task.Delay(_random.Next(atMostMs));
}
