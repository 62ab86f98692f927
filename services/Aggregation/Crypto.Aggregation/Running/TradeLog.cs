using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;

namespace Crypto.Aggregation.Running;

/// <summary>Where <c>crypto.trades</c> ends.</summary>
public interface ITradeLog
{
    /// <summary>By partition the offset that its next record will get.</summary>
    /// <exception cref="RetriableException">The broker cannot be reached.</exception>
    Task<IReadOnlyDictionary<int, long>> EndsAsync(IReadOnlyList<int> partitions, CancellationToken cancellation);
}

internal sealed class TradeLog(KafkaTopics topics) : ITradeLog
{
    public async Task<IReadOnlyDictionary<int, long>> EndsAsync(IReadOnlyList<int> partitions, CancellationToken cancellation)
    {
        var extents = await topics.ExtentsAsync(
            [.. partitions.Select(partition => new TopicPartition(Topics.Trades, partition))], cancellation).ConfigureAwait(false);
        return extents.ToDictionary(extent => extent.Key.Partition.Value, extent => extent.Value.Latest);
    }
}
