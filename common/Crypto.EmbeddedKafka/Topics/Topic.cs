using System.Collections.Immutable;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Topics;

/// <summary>A topic as it is served. Settings and partitions are replaced, never changed in place.</summary>
internal sealed class Topic(string name, Guid id, ImmutableDictionary<string, string> settings, ImmutableArray<PartitionLog> partitions)
{
    internal string Name { get; } = name;

    /// <summary>Never the same again once the topic was deleted.</summary>
    internal Guid Id { get; } = id;

    /// <summary>Only those that differ from the defaults.</summary>
    internal ImmutableDictionary<string, string> Settings { get; set; } = settings;

    internal ImmutableArray<PartitionLog> Partitions { get; set; } = partitions;

    internal PartitionLog? Partition(int index)
    {
        var partitions = Partitions;
        return (uint)index < (uint)partitions.Length ? partitions[index] : null;
    }
}
