namespace Crypto.EmbeddedKafka.Groups;

/// <summary>The states of Kafka's classic group protocol; DescribeGroups gives their names.</summary>
internal enum GroupState
{
    /// <summary>No members; offsets may be there.</summary>
    Empty,

    /// <summary>Waiting for the members to join again.</summary>
    PreparingRebalance,

    /// <summary>Waiting for the leader's assignment.</summary>
    CompletingRebalance,

    /// <summary>Every member knows its partitions.</summary>
    Stable,

    /// <summary>Deleted; whoever still holds it must look it up again.</summary>
    Dead,
}

/// <summary>An offset that a group has committed.</summary>
internal readonly record struct CommittedOffset(long Offset, int LeaderEpoch, string? Metadata);

/// <summary>What is kept of a group that is stable or empty, so that its members go on after a restart.</summary>
internal sealed record GroupSnapshot(
    string Id, int Generation, string ProtocolType, string? Protocol, string? LeaderId, List<Member> Members);
