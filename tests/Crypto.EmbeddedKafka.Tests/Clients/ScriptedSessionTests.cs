using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

/// <summary>
/// Sessions with clients that are not librdkafka: topics created, records produced in each compression and consumed by group,
/// members sharing partitions, compaction; then, after a restart of the broker, offsets, times, settings and deletions. See
/// the scripts.
/// </summary>
public sealed class ScriptedSessionTests
{
    [Theory]
    [InlineData("kafkajs")]
    [InlineData("platformatic")]
    [InlineData("kafka-python")]
    public async Task A_client_finds_what_it_left_before_a_restart(string client)
    {
        await using var broker = await TestBroker.StartAsync();
        Assert.Contains("done", await RunAsync(client, broker, "before"), StringComparison.Ordinal);
        // Twenty records in each compression, by another client's decompression.
        Assert.Equal(100, TestClients.ReadAll(broker, client, 100, partitions: 3).Count);
        await broker.RestartAsync();
        Assert.Contains("done", await RunAsync(client, broker, "after"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafkajs")]
    [InlineData("platformatic")]
    [InlineData("kafka-python")]
    public async Task A_compacted_topic_keeps_each_keys_last_record_and_drops_tombstones(string client)
    {
        await using var broker = await TestBroker.StartAsync(o => o.LogCheckIntervalMs = 100);

        Assert.Contains("done", await RunAsync(client, broker, "compact"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafkajs")]
    [InlineData("platformatic")]
    [InlineData("kafka-python")]
    public async Task Two_members_share_the_partitions_and_one_takes_all_when_the_other_is_killed(string client)
    {
        await using var broker = await TestBroker.StartAsync();
        await TestClients.CreateTopicAsync(broker, "pair", partitions: 4);
        var (program, script) = await InstallAsync(client);
        RunningClient Join() => RunningClient.Start(program, script, broker.BootstrapServers, "member");
        using var first = Join();
        await AssignedAsync((first, 4));
        using var second = Join();
        await AssignedAsync((first, 2), (second, 2));

        second.Kill();

        await AssignedAsync((first, 4));
    }

    /// <summary>Waits until each member has so many partitions, by what it told last.</summary>
    private static async Task AssignedAsync(params (RunningClient Member, int Partitions)[] expected)
    {
        static string Told(RunningClient member) =>
            member.Output.Split('\n').LastOrDefault(line => line.StartsWith("assigned ", StringComparison.Ordinal)) ?? "";
        await Crypto.Testing.Eventually.IsTrueAsync(
            () => expected.All(e => Told(e.Member) == $"assigned {e.Partitions}"), TimeSpan.FromSeconds(120),
            () => string.Join("\n---\n", expected.Select(e => $"{e.Partitions} expected:\n{e.Member.Output}")));
    }

    private static async Task<string> RunAsync(string client, TestBroker broker, string stage)
    {
        var (program, script) = await InstallAsync(client);
        return await ForeignClient.RunAsync(program, [script, broker.BootstrapServers, stage]);
    }

    private static async Task<(string Program, string Script)> InstallAsync(string client)
    {
        var (package, program, script) = client == "kafka-python"
            ? ("kafka-python", "/usr/bin/python3", "kafka_python.py")
            : ("kafka-node", "node", $"{client}.mjs");
        await ForeignClient.InstallAsync(package);
        return (program, Path.Combine(TestData.RepositoryRoot, "tests", "clients", "kafka", script));
    }
}
