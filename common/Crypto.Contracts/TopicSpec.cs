using System.Globalization;

namespace Crypto.Contracts;

/// <summary>How a topic is created: partitions and retention. Retention is wall time, as everywhere in Kafka.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Partitions">Number of partitions.</param>
/// <param name="Retention">How long records are kept; <c>null</c> for a compacted topic.</param>
public sealed record TopicSpec(string Name, int Partitions, TimeSpan? Retention)
{
    public bool Compacted => Retention is null;

    /// <summary>The topic's settings by Kafka's names.</summary>
    public Dictionary<string, string> Settings => Retention is { } retention
        ? new() { ["retention.ms"] = ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) }
        : new() { ["cleanup.policy"] = "compact" };

    /// <summary>Every topic of the platform with its dead-letter topic.</summary>
    /// <param name="tradePartitions">Partitions of <c>crypto.trades</c> and <c>crypto.coverage</c>, which share their keys.</param>
    public static IReadOnlyList<TopicSpec> All(int tradePartitions = 12)
    {
        var week = TimeSpan.FromDays(7);
        var month = TimeSpan.FromDays(30);
        TopicSpec[] events =
        [
            new(Topics.Trades, tradePartitions, week),
            new(Topics.Coverage, tradePartitions, month),
            new(Topics.Tickers, 1, week),
            new(Topics.PricesRaw, 1, week),
            new(Topics.Sentiment, 1, week),
            new(Topics.News, 1, week),
            new(Topics.Candles, tradePartitions, null),
            new(Topics.Signals, 1, week),
            new(Topics.Alerts, 1, week),
        ];
        return [.. events, .. events.Select(t => new TopicSpec(Topics.DeadLetters(t.Name), 1, month))];
    }
}
