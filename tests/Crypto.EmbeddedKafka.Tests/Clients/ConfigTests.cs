using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

/// <summary>Settings of topics changed one by one and all at once, and what is refused.</summary>
public sealed class ConfigTests : IAsyncLifetime
{
    private static readonly ConfigResource Topic = new() { Type = ResourceType.Topic, Name = "t" };

    private TestBroker _broker = null!;
    private IAdminClient _admin = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        _admin = TestClients.Admin(_broker);
        await TestClients.CreateTopicAsync(_broker, "t", settings: new() { ["retention.ms"] = "1000000", ["segment.bytes"] = "50000" });
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_list_is_added_to_and_taken_from()
    {
        await ChangeAsync("cleanup.policy", "compact", AlterConfigOpType.Append);
        Assert.Equal("delete,compact", await ValueAsync("cleanup.policy"));

        await ChangeAsync("cleanup.policy", "delete", AlterConfigOpType.Subtract);
        Assert.Equal("compact", await ValueAsync("cleanup.policy"));

        await ChangeAsync("cleanup.policy", "", AlterConfigOpType.Delete);
        Assert.Equal("delete", await ValueAsync("cleanup.policy"));
        Assert.Equal("1000000", await ValueAsync("retention.ms"));
    }

    [Fact]
    public async Task AlterConfigs_replaces_all_that_was_set()
    {
        await _admin.AlterConfigsAsync(new() { [Topic] = [new() { Name = "retention.ms", Value = "5000000" }] });

        Assert.Equal("5000000", await ValueAsync("retention.ms"));
        Assert.Equal("1073741824", await ValueAsync("segment.bytes")); // the default again
    }

    [Theory]
    [InlineData("retention.ms", "soon")]
    [InlineData("segment.bytes", "1")]
    [InlineData("cleanup.policy", "keep")]
    [InlineData("no.such.setting", "1")]
    public async Task What_makes_no_sense_is_refused_with_the_reason_and_changes_nothing(string name, string value)
    {
        var refused = await Assert.ThrowsAsync<IncrementalAlterConfigsException>(() => ChangeAsync(name, value, AlterConfigOpType.Set));

        var error = refused.Results.Single().Error;
        Assert.Equal(ErrorCode.InvalidConfig, error.Code);
        Assert.Contains(name, error.Reason, StringComparison.Ordinal);
        Assert.Equal(("1000000", "50000"), (await ValueAsync("retention.ms"), await ValueAsync("segment.bytes")));
    }

    [Fact]
    public async Task The_broker_tells_its_own_settings_and_takes_none()
    {
        var broker = new ConfigResource { Type = ResourceType.Broker, Name = "1" };
        var entries = (await _admin.DescribeConfigsAsync([broker])).Single().Entries;
        Assert.Equal("1", entries["broker.id"].Value);
        Assert.True(entries["log.dirs"].IsReadOnly);

        var refused = await Assert.ThrowsAsync<IncrementalAlterConfigsException>(() => _admin.IncrementalAlterConfigsAsync(new()
        {
            [broker] = [new() { Name = "num.partitions", Value = "3", IncrementalOperation = AlterConfigOpType.Set }],
        }));

        Assert.Equal(ErrorCode.InvalidRequest, refused.Results.Single().Error.Code);
    }

    private Task ChangeAsync(string name, string value, AlterConfigOpType operation) => _admin.IncrementalAlterConfigsAsync(new()
    {
        [Topic] = [new() { Name = name, Value = value, IncrementalOperation = operation }],
    });

    private async Task<string> ValueAsync(string name) => (await _admin.DescribeConfigsAsync([Topic])).Single().Entries[name].Value;
}
