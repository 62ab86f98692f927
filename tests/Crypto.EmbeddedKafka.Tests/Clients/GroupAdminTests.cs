using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

/// <summary>What an administrator sees of groups, and may do to them.</summary>
public sealed class GroupAdminTests : IAsyncLifetime
{
    private static readonly TopicPartition First = new("t", 0);

    private TestBroker _broker = null!;
    private IAdminClient _admin = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        _admin = TestClients.Admin(_broker);
        await TestClients.CreateTopicAsync(_broker, "t");
        await TestClients.ProduceAsync(_broker, "t", ["1", "2", "3"]);
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_group_is_listed_and_described_while_it_reads_and_after()
    {
        using (var consumer = Reading())
        {
            Assert.Equal(ConsumerGroupState.Stable, (await ListAsync()).Single(g => g.GroupId == "g").State);
            var group = await DescribeAsync("g");
            Assert.Equal((ConsumerGroupState.Stable, "range"), (group.State, group.PartitionAssignor));
            var member = Assert.Single(group.Members);
            Assert.Equal("the-client", member.ClientId);
            Assert.Equal("/127.0.0.1", member.Host);
            Assert.Equal([First], member.Assignment.TopicPartitions);
            consumer.Close();
        }

        Assert.Equal(ConsumerGroupState.Empty, (await DescribeAsync("g")).State);
        Assert.Equal(ConsumerGroupState.Dead, (await DescribeAsync("nobody")).State);
    }

    [Fact]
    public async Task A_group_is_deleted_with_its_offsets_once_nobody_is_in_it()
    {
        using var consumer = Reading();
        var refused = await Assert.ThrowsAsync<DeleteGroupsException>(() => _admin.DeleteGroupsAsync(["g", "nobody"]));
        Assert.Equal([ErrorCode.NonEmptyGroup, ErrorCode.GroupIdNotFound], refused.Results.Select(r => r.Error.Code));
        consumer.Close();

        await _admin.DeleteGroupsAsync(["g"]);
        await _broker.RestartAsync();

        Assert.DoesNotContain(await ListAsync(), g => g.GroupId == "g");
        Assert.Equal(Offset.Unset, await CommittedAsync());
    }

    [Fact]
    public async Task Offsets_of_a_topic_that_is_being_read_cannot_be_deleted_others_can()
    {
        using var consumer = Reading();
        Task DeleteAsync() => _admin.DeleteConsumerGroupOffsetsAsync("g", [First]);
        var refused = await Assert.ThrowsAsync<DeleteConsumerGroupOffsetsException>(DeleteAsync);
        Assert.Equal(ErrorCode.GroupSubscribedToTopic, refused.Result.Partitions.Single().Error.Code);
        Assert.Equal(1, await CommittedAsync());
        consumer.Close();

        await DeleteAsync();
        await _broker.RestartAsync();

        Assert.Equal(Offset.Unset, await CommittedAsync());
    }

    [Fact]
    public async Task Offsets_of_an_empty_group_can_be_set()
    {
        await _admin.AlterConsumerGroupOffsetsAsync([new("g", [new TopicPartitionOffset(First, 2)])]);
        await _broker.RestartAsync();
        using var consumer = TestClients.Consumer(_broker, "g");
        consumer.Subscribe("t");

        Assert.Equal("3", TestClients.Take(consumer, 1)[0].Message.Value);
        consumer.Close();
    }

    [Fact]
    public async Task Offsets_go_with_their_topic()
    {
        using (var consumer = Reading())
            consumer.Close();
        await _admin.DeleteTopicsAsync(["t"]);
        await TestClients.CreateTopicAsync(_broker, "t");

        Assert.Equal(Offset.Unset, await CommittedAsync());
    }

    /// <summary>A member of group g that has read and committed one record.</summary>
    private IConsumer<string, string> Reading()
    {
        var consumer = TestClients.Consumer(
            _broker, "g", c => (c.ClientId, c.PartitionAssignmentStrategy) = ("the-client", PartitionAssignmentStrategy.Range));
        consumer.Subscribe("t");
        consumer.Commit(TestClients.Take(consumer, 1)[0]);
        return consumer;
    }

    private async Task<List<ConsumerGroupListing>> ListAsync() => (await _admin.ListConsumerGroupsAsync()).Valid;

    private async Task<ConsumerGroupDescription> DescribeAsync(string group) =>
        (await _admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions.Single();

    private async Task<Offset> CommittedAsync() =>
        (await _admin.ListConsumerGroupOffsetsAsync([new("g", [First])])).Single().Partitions.Single().Offset;
}
