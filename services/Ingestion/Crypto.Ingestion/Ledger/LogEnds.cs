namespace Crypto.Ingestion.Ledger;

/// <summary>The offsets at which partitions ended at some moment.</summary>
public sealed class LogEnds
{
    private readonly Dictionary<(string Topic, int Partition), (string TopicId, long End)> _ends = [];

    /// <summary>The topics' ids when the ends were noted.</summary>
    public IEnumerable<(string Topic, string Id)> TopicIds => _ends.Select(end => (end.Key.Topic, end.Value.TopicId)).Distinct();

    /// <summary>Adds a partition; <paramref name="end"/> is the offset that its next record will get.</summary>
    public void Add(string topic, int partition, string topicId, long end) => _ends[(topic, partition)] = (topicId, end);

    /// <summary>
    /// True where the consumer has passed every end. Offsets of another topic id are of another log; an empty id is unknown.
    /// </summary>
    public bool AreReachedBy(IReadOnlyDictionary<(string Topic, int Partition), (string TopicId, long Next)> offsets)
    {
        foreach (var (partition, (topicId, end)) in _ends)
        {
            if (end == 0) continue;
            if (!offsets.TryGetValue(partition, out var at) || at.Next < end) return false;
            if (at.TopicId != topicId && at.TopicId.Length > 0 && topicId.Length > 0) return false;
        }
        return true;
    }
}
