using Crypto.Contracts;
using Crypto.Kafka;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class StorageOptionsTests
{
    public static TheoryData<StorageOptions, string> Wrong => new()
    {
        { new() { Group = " " }, "Storage:Group is empty: give the consumer group, e.g. crypto-storage" },
        { new() { SessionTimeout = TimeSpan.FromSeconds(5) }, "Storage:SessionTimeout is 00:00:05: give 00:00:06 to 00:00:10" },
        { new() { MaxBatchRecords = 200_001 }, "Storage:MaxBatchRecords is 200001: give a number from 1 to 200000" },
        { new() { Linger = TimeSpan.FromSeconds(-1) }, "Storage:Linger is -00:00:01: give 00:00:00 to 00:00:05, e.g. 00:00:00.100" },
        { new() { UnhealthyAfter = TimeSpan.Zero }, "Storage:UnhealthyAfter is 00:00:00: give at least 00:00:01" },
        { new() { KeepDays = 0 }, "Storage:KeepDays is 0: give at least 1, or leave it out to keep everything" },
        {
            new() { RawTopics = "crypto.trades, crypto.gossip" },
            "Storage:RawTopics holds 'crypto.gossip', which is no topic of ours: give e.g. crypto.trades,crypto.tickers"
        },
        {
            new() { RawFolder = "/archive", RawTopics = " , " },
            "Storage:RawTopics is empty while Storage:RawFolder is set: name topics, or leave the folder out"
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_that_cannot_be_is_told_with_its_value_and_the_fix(StorageOptions options, string line) =>
        Assert.Equal([line], new StorageOptionsValidator().Validate(null, options).Failures);

    [Fact]
    public void The_defaults_are_in_order() => Assert.True(new StorageOptionsValidator().Validate(null, new StorageOptions()).Succeeded);

    [Fact]
    public void Every_consumer_of_the_role_has_a_group_and_a_member_of_its_own()
    {
        var options = new StorageOptions { Group = "g", MemberId = "m" };

        BatchConsumerOptions[] consumers = [options.ToConsumerOptions([Topics.Trades]), options.ToRawConsumerOptions(), options.ToFeedConsumerOptions()];

        Assert.Equal(["g", "g-raw", "g-feeds"], consumers.Select(consumer => consumer.Group));
        Assert.Equal(["m", "m-raw", "m-feeds"], consumers.Select(consumer => consumer.MemberId));
        Assert.Equal(3, consumers.Select(consumer => consumer.Name).Distinct().Count());
    }

    [Fact]
    public void A_member_is_named_after_its_machine_unless_it_must_not_be_static()
    {
        BatchConsumerOptions[] Of(string? member)
        {
            var options = new StorageOptions { Group = "g", MemberId = member };
            return [options.ToConsumerOptions([Topics.Trades]), options.ToRawConsumerOptions(), options.ToFeedConsumerOptions()];
        }

        var machine = Environment.MachineName;
        Assert.Equal([$"g-{machine}", $"g-raw-{machine}", $"g-feeds-{machine}"], Of(null).Select(consumer => consumer.MemberId));
        Assert.All(Of(""), consumer => Assert.Null(consumer.MemberId));
    }
}
