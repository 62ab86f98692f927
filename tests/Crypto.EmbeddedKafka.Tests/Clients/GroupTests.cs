using Confluent.Kafka;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

public sealed class GroupTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private TestBroker _broker = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        await TestClients.CreateTopicAsync(_broker, "t", partitions: 4);
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Theory]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public void Two_consumers_share_the_partitions_and_one_takes_all_when_the_other_dies(PartitionAssignmentStrategy strategy)
    {
        void Configure(ConsumerConfig config)
        {
            config.SessionTimeoutMs = 1000;
            config.HeartbeatIntervalMs = 100;
            config.PartitionAssignmentStrategy = strategy;
        }
        using var first = TestClients.Consumer(_broker, "g", Configure);
        var second = TestClients.Consumer(_broker, "g", Configure);
        first.Subscribe("t");
        second.Subscribe("t");
        PollUntil(() => first.Assignment.Count == 2 && second.Assignment.Count == 2, first, second);
        Assert.Empty(first.Assignment.Intersect(second.Assignment));

        second.Dispose(); // without Close: it does not leave the group, its session has to end

        PollUntil(() => first.Assignment.Count == 4, first);
        first.Close();
    }

    [Fact]
    public void A_static_member_that_comes_back_keeps_its_partitions_and_nobody_rebalances()
    {
        int rebalances = 0;
        void Configure(ConsumerConfig config, string instance)
        {
            config.SessionTimeoutMs = 6000;
            config.HeartbeatIntervalMs = 100;
            config.GroupInstanceId = instance;
        }
        using var first = TestClients.Consumer(_broker, "g", c => Configure(c, "one"));
        var second = TestClients.Consumer(_broker, "g", c => Configure(c, "two"));
        first.Subscribe("t");
        second.Subscribe("t");
        PollUntil(() => first.Assignment.Count == 2 && second.Assignment.Count == 2, first, second);
        var held = second.Assignment.Order().ToList();
        second.Dispose();
        using var watched = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = _broker.BootstrapServers,
            GroupId = "g",
            GroupInstanceId = "two",
            SessionTimeoutMs = 6000,
        }).SetPartitionsAssignedHandler((_, _) => rebalances++).Build();
        watched.Subscribe("t");

        PollUntil(() => watched.Assignment.Count == 2, first, watched);

        Assert.Equal(held, watched.Assignment.Order());
        Assert.Equal(1, rebalances);
        Assert.Equal(2, first.Assignment.Count);
    }

    [Fact]
    public async Task Members_go_on_over_a_restart_of_the_broker_without_losing_their_partitions()
    {
        int revocations = 0;
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = _broker.BootstrapServers,
            GroupId = "g",
            SessionTimeoutMs = 6000,
            HeartbeatIntervalMs = 100,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetPartitionsRevokedHandler((_, _) => revocations++).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe("t");
        PollUntil(() => consumer.Assignment.Count == 4, consumer);

        await _broker.RestartAsync();
        await TestClients.ProduceAsync(_broker, "t", ["after"]);

        Assert.Equal("after", TestClients.Take(consumer, 1)[0].Message.Value);
        Assert.Equal(0, revocations);
    }

    private static void PollUntil(Func<bool> condition, params IConsumer<string, string>[] consumers)
    {
        var end = DateTime.UtcNow + Patience;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, "the group did not come to rest");
            foreach (var consumer in consumers)
                consumer.Consume(TimeSpan.FromMilliseconds(20));
        }
    }
}
