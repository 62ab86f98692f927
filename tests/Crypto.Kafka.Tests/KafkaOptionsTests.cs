using Microsoft.Extensions.Options;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>Settings that cannot work are told before anything starts, all of them at once.</summary>
public sealed class KafkaOptionsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_broker_has_to_be_named(string servers) =>
        Assert.Equal(["Kafka:BootstrapServers is empty: give one or more host:port, e.g. 127.0.0.1:9092"], Failures(o => o.BootstrapServers = servers));

    [Theory]
    [InlineData("broker")]
    [InlineData("broker:")]
    [InlineData(":9092")]
    [InlineData("broker:0")]
    [InlineData("broker:65536")]
    [InlineData("broker:-1")]
    [InlineData("broker:kafka")]
    [InlineData("PLAINTEXT://:9092")]
    public void An_address_is_a_host_and_a_port(string server) =>
        Assert.Equal(
            [$"Kafka:BootstrapServers holds '{server}', which is no host:port (e.g. 127.0.0.1:9092)"],
            Failures(o => o.BootstrapServers = $"good:9092, {server}"));

    [Fact]
    public void An_empty_place_in_the_list_is_no_address() =>
        Assert.Equal(
            ["Kafka:BootstrapServers holds '', which is no host:port (e.g. 127.0.0.1:9092)"], Failures(o => o.BootstrapServers = "a:1,,b:2"));

    [Theory]
    [InlineData(1, true)]
    [InlineData(1000, true)]
    [InlineData(0, false)]
    [InlineData(1001, false)]
    public void A_topic_has_one_to_a_thousand_partitions(int partitions, bool valid)
    {
        string[] expected = valid ? [] : [$"Kafka:TradePartitions is {partitions}: give a number from 1 to 1000"];

        Assert.Equal(expected, Failures(o => o.TradePartitions = partitions));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(11)]
    public void Replicas_are_one_to_ten(short replicas) =>
        Assert.Equal(
            [$"Kafka:ReplicationFactor is {replicas}: give 1 for a single broker, 3 for a cluster"], Failures(o => o.ReplicationFactor = replicas));

    [Theory]
    [InlineData("enable.auto.commit")]
    [InlineData("enable.auto.offset.store")]
    [InlineData("group.id")]
    [InlineData("auto.offset.reset")]
    public void What_exactly_once_rests_on_is_not_for_the_user_to_set(string setting) =>
        Assert.Equal([$"Kafka:Client:{setting} is 'mine': remove it, exactly-once rests on ours"], Failures(o => o.Client[setting] = "mine"));

    [Fact]
    public void All_that_is_wrong_is_told_at_once() =>
        Assert.Equal(4, Failures(o =>
        {
            o.BootstrapServers = "one,two";
            o.TradePartitions = 0;
            o.ReplicationFactor = 0;
        }).Count());

    private static IEnumerable<string> Failures(Action<KafkaOptions> change)
    {
        var options = new KafkaOptions { BootstrapServers = "127.0.0.1:9092" };
        change(options);
        return new KafkaOptionsValidator().Validate(Options.DefaultName, options).Failures ?? [];
    }
}
