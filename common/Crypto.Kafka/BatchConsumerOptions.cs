namespace Crypto.Kafka;

/// <summary>What a <see cref="BatchConsumer"/> reads and how it cuts its batches.</summary>
public sealed record BatchConsumerOptions
{
    /// <summary>The role, for logs, metrics and the member's name: <c>storage</c>, <c>aggregation</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The consumer group.</summary>
    public required string Group { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>
    /// The static member's name (<c>group.instance.id</c>): a process that restarts under it takes its partitions over at
    /// once. Unique per process; null for a dynamic member.
    /// </summary>
    public string? MemberId { get; init; }

    /// <summary>After this long without a heartbeat the partitions go to others.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>A batch is handed over when it has this many records ...</summary>
    public int MaxRecords { get; init; } = 20_000;

    /// <summary>... or when its oldest record has waited this long and the handler is free.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest pause between two attempts of a batch; the first is a hundredth of it.</summary>
    public TimeSpan MaxRetryPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the topics' ids are compared with those of the assignment.</summary>
    public TimeSpan TopicCheck { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The name of this machine's only process of the role, which survives a restart.</summary>
    public static string DefaultMemberId(string group) => $"{group}-{Environment.MachineName}";
}
