using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Contracts;
using Crypto.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>How the platform's topics come to be, whatever the broker has or says.</summary>
public sealed class KafkaTopicsTests : IAsyncLifetime
{
    private readonly LogLines _log = new();
    private TestBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await TestBroker.StartAsync();

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task Hosts_that_start_together_make_every_topic_once()
    {
        var hosts = Enumerable.Range(0, 5).Select(_ => Topics(partitions: 3)).ToList();

        await Task.WhenAll(hosts.Select(host => host.EnsureAsync(default)));

        var ids = await Task.WhenAll(hosts.Select(async host => (await host.DescribeAsync(Contracts.Topics.Trades, default))!.Value.Id));
        Assert.Single(ids.Distinct());
        hosts.ForEach(host => host.Dispose());
    }

    [Fact]
    public async Task Another_number_of_partitions_is_used_as_it_is_and_told()
    {
        using (var small = Topics(partitions: 2)) await small.EnsureAsync(default);
        using var large = Topics(partitions: 8);

        await large.EnsureAsync(default);

        Assert.Equal(2, (await large.DescribeAsync(Contracts.Topics.Trades, default))?.Partitions);
        foreach (var topic in (string[])[Contracts.Topics.Trades, Contracts.Topics.Coverage, Contracts.Topics.Candles])
            Assert.Contains((LogLevel.Warning, $"Topic {topic} has 2 partitions, not 8; it is used as it is"), _log.All);
    }

    [Fact]
    public async Task A_broker_that_refuses_is_quoted_and_not_asked_again()
    {
        using var topics = Topics(partitions: 2, replicas: 3);

        var refusal = await Assert.ThrowsAsync<FatalException>(() => topics.EnsureAsync(default));

        Assert.StartsWith("the broker refuses to make topic crypto.", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("replication factor 3; this is a single broker, so it is 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_waited_for()
    {
        await _broker.StopAsync();
        using var topics = Topics(partitions: 2);
        var making = topics.EnsureAsync(default);
        await Eventually.IsTrueAsync(
            () => _log.All.Any(line => line.Message.StartsWith("Waiting for Kafka: Kafka at", StringComparison.Ordinal)), TimeSpan.FromSeconds(60));
        Assert.False(making.IsCompleted);
        await _broker.StartAgainAsync();

        await making.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.NotNull(await topics.DescribeAsync(Contracts.Topics.Trades, default));
    }

    [Fact]
    public async Task Whoever_waits_for_a_broker_can_be_stopped()
    {
        await _broker.StopAsync();
        using var topics = Topics(partitions: 2);
        using var stop = new CancellationTokenSource();
        var making = topics.EnsureAsync(stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => making.WaitAsync(TimeSpan.FromSeconds(60)));
        await _broker.StartAgainAsync();
    }

    [Fact]
    public async Task The_broker_keeps_and_compacts_as_the_specification_says()
    {
        using var topics = Topics(partitions: 2);
        await topics.EnsureAsync(default);
        using var admin = new AdminClientBuilder(KafkaClients.Settings(Options(2, 1), "test")).Build();

        foreach (var spec in TopicSpec.All(2))
        {
            var described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = spec.Name }]);
            foreach (var (name, value) in spec.Settings) Assert.Equal((spec.Name, value), (spec.Name, described[0].Entries[name].Value));
        }
    }

    [Fact]
    public async Task The_extents_of_a_topic_that_is_gone_are_asked_for_again()
    {
        using var topics = Topics(partitions: 2);

        await Assert.ThrowsAsync<RetriableException>(() => topics.ExtentsAsync([new TopicPartition("no.such.topic", 0)], default));
    }

    [Fact]
    public async Task Extents_begin_where_deleted_records_end()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        await cluster.ProduceAsync(["a", "b", "c"]);
        var partition = new TopicPartition(Contracts.Topics.Trades, 0);
        using (var admin = new AdminClientBuilder(KafkaClients.Settings(cluster.Options, "test")).Build())
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(partition, 2)]);

        Assert.Equal((2L, 3L), (await cluster.Topics.ExtentsAsync([partition], default))[partition]);
    }

    private KafkaTopics Topics(int partitions, short replicas = 1) =>
        new(Microsoft.Extensions.Options.Options.Create(Options(partitions, replicas)), _log.For<KafkaTopics>());

    private KafkaOptions Options(int partitions, short replicas) =>
        new() { BootstrapServers = _broker.BootstrapServers, TradePartitions = partitions, ReplicationFactor = replicas };
}
