using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

/// <summary>
/// Sessions with clients that are not librdkafka: topics created, records produced in each compression and consumed by group,
/// members sharing partitions; then, after a restart of the broker, offsets, times, settings and deletions. See the scripts.
/// </summary>
public sealed class ScriptedSessionTests
{
    [Fact]
    public Task Kafkajs_finds_what_it_left_before_a_restart() => RunAsync("kafka-node", "node", "kafkajs.mjs", "kafkajs");

    [Fact]
    public Task Platformatic_kafka_finds_what_it_left_before_a_restart() => RunAsync("kafka-node", "node", "platformatic.mjs", "platformatic");

    [Fact]
    public Task Kafka_python_finds_what_it_left_before_a_restart() => RunAsync("kafka-python", "/usr/bin/python3", "kafka_python.py", "kafka-python");

    private static async Task RunAsync(string client, string program, string script, string topic)
    {
        await ForeignClient.InstallAsync(client);
        await using var broker = await TestBroker.StartAsync();
        string path = Path.Combine(TestData.RepositoryRoot, "tests", "clients", "kafka", script);
        Assert.Contains("done", await ForeignClient.RunAsync(program, [path, broker.BootstrapServers, "before"]), StringComparison.Ordinal);
        // Twenty records in each compression, by another client's decompression.
        Assert.Equal(100, TestClients.ReadAll(broker, topic, 100, partitions: 3).Count);
        await broker.RestartAsync();
        Assert.Contains("done", await ForeignClient.RunAsync(program, [path, broker.BootstrapServers, "after"]), StringComparison.Ordinal);
    }
}
