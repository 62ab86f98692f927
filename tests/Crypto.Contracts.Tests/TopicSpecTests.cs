namespace Crypto.Contracts.Tests;

/// <summary>How the platform's topics are made.</summary>
public sealed class TopicSpecTests
{
    private static readonly IReadOnlyList<TopicSpec> All = TopicSpec.All(tradePartitions: 6);

    [Fact]
    public void Topics_with_the_same_keys_have_the_same_partitions() =>
        Assert.All([Topics.Trades, Topics.Coverage, Topics.Candles], name => Assert.Equal(6, Of(name).Partitions));

    [Fact]
    public void Every_topic_has_a_dead_letter_topic_that_keeps_letters_longer_than_the_topic_its_records()
    {
        foreach (var topic in All.Where(topic => !topic.Name.EndsWith(".dlq", StringComparison.Ordinal) && !topic.Compacted))
            Assert.True(Of(Topics.DeadLetters(topic.Name)).Retention >= topic.Retention, topic.Name);
        Assert.Equal(All.Count, All.Select(topic => topic.Name).Distinct().Count());
    }

    [Fact]
    public void Only_candles_are_compacted_since_only_they_have_a_newest_version()
    {
        Assert.Equal([Topics.Candles], All.Where(topic => topic.Compacted).Select(topic => topic.Name));
        Assert.Equal([new("cleanup.policy", "compact")], Of(Topics.Candles).Settings);
    }

    [Fact]
    public void Retention_is_told_to_the_broker_in_milliseconds() =>
        Assert.Equal([new("retention.ms", "604800000")], Of(Topics.Trades).Settings);

    private static TopicSpec Of(string name) => All.Single(topic => topic.Name == name);
}
