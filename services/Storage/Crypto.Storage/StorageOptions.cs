using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Storage.Feeds;
using Microsoft.Extensions.Options;

namespace Crypto.Storage;

/// <summary>The storage role. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>The consumer's name in <c>market.stream_offsets</c>.</summary>
    public const string Consumer = "storage";

    /// <summary>The consumer group.</summary>
    public string Group { get; set; } = "crypto-storage";

    /// <summary>
    /// The static member's name, unique per process of the group and the same after a restart. Null: group and machine.
    /// Empty: no static membership.
    /// </summary>
    public string? MemberId { get; set; }

    /// <summary>After this long without a heartbeat another process takes the partitions over. 6 to 10 s.</summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Records per transaction at most.</summary>
    public int MaxBatchRecords { get; set; } = 20_000;

    /// <summary>
    /// How long the first record of a batch waits for others while the database is idle. Candles and prices do not wait for it:
    /// they come from the log.
    /// </summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Health turns red when this role could not store for so long.</summary>
    public TimeSpan UnhealthyAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Days of trades to keep, today included, in market time. Null keeps them for ever.</summary>
    public int? KeepDays { get; set; }

    /// <summary>Where to archive records as JSON lines, in <c>raw/TOPIC/yyyy-mm-dd/</c>. Null: no archive.</summary>
    public string? RawFolder { get; set; }

    /// <summary>The topics to archive, comma-separated.</summary>
    public string RawTopics { get; set; } = Topics.Trades;

    internal BatchConsumerOptions ToConsumerOptions(IReadOnlyList<string> topics) => new()
    {
        Name = Consumer,
        Group = Group,
        Topics = topics,
        MemberId = MemberId is null ? BatchConsumerOptions.DefaultMemberId(Group) : MemberId.Length == 0 ? null : MemberId,
        SessionTimeout = SessionTimeout,
        MaxRecords = MaxBatchRecords,
        Linger = Linger,
    };

    internal IReadOnlyList<string> RawTopicList => RawTopics.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal BatchConsumerOptions ToRawConsumerOptions() => ToConsumerOptions(RawTopicList) with
    {
        Name = "raw-archive",
        Group = $"{Group}-raw",
        MemberId = MemberId is null ? BatchConsumerOptions.DefaultMemberId($"{Group}-raw") : MemberId.Length == 0 ? null : $"{MemberId}-raw",
        Linger = TimeSpan.FromMilliseconds(200),
    };

    // The slow topics have a consumer of their own, so that neither waits for the other.
    internal BatchConsumerOptions ToFeedConsumerOptions() => ToConsumerOptions([Topics.Tickers, Topics.PricesRaw, Topics.Sentiment, Topics.News]) with
    {
        Name = FeedBatchHandler.Consumer,
        Group = $"{Group}-feeds",
        MemberId = MemberId is null ? BatchConsumerOptions.DefaultMemberId($"{Group}-feeds") : MemberId.Length == 0 ? null : $"{MemberId}-feeds",
    };
}

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Group)) failures.Add("Storage:Group is empty: give the consumer group, e.g. crypto-storage");
        if (options.SessionTimeout < TimeSpan.FromSeconds(6) || options.SessionTimeout > TimeSpan.FromSeconds(10))
            failures.Add($"Storage:SessionTimeout is {options.SessionTimeout}: give 00:00:06 to 00:00:10");
        if (options.MaxBatchRecords is < 1 or > 200_000)
            failures.Add($"Storage:MaxBatchRecords is {options.MaxBatchRecords}: give a number from 1 to 200000");
        if (options.Linger < TimeSpan.Zero || options.Linger > TimeSpan.FromSeconds(5))
            failures.Add($"Storage:Linger is {options.Linger}: give 00:00:00 to 00:00:05, e.g. 00:00:00.100");
        if (options.UnhealthyAfter < TimeSpan.FromSeconds(1))
            failures.Add($"Storage:UnhealthyAfter is {options.UnhealthyAfter}: give at least 00:00:01");
        if (options.KeepDays is < 1) failures.Add($"Storage:KeepDays is {options.KeepDays}: give at least 1, or leave it out to keep everything");
        var known = TopicSpec.All().Select(topic => topic.Name).ToHashSet();
        failures.AddRange(options.RawTopicList.Where(topic => !known.Contains(topic))
            .Select(topic => $"Storage:RawTopics holds '{topic}', which is no topic of ours: give e.g. {Topics.Trades},{Topics.Tickers}"));
        if (options.RawFolder is not null && options.RawTopicList.Count == 0)
            failures.Add("Storage:RawTopics is empty while Storage:RawFolder is set: name topics, or leave the folder out");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
