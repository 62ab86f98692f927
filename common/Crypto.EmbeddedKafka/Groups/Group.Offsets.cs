using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Groups;

internal sealed partial class Group
{
    private readonly Dictionary<TopicPartition, CommittedOffset> _offsets = [];

    /// <summary>Whether these offsets may be committed: by a member of this generation, or by anybody while there are none.</summary>
    internal ErrorCode Commit(
        OffsetCommitRequest request, IReadOnlyCollection<KeyValuePair<TopicPartition, CommittedOffset>> offsets)
    {
        lock (_gate)
        {
            if (CheckCommit(request.MemberId, request.InstanceId, request.Generation) is not ErrorCode.None and var error)
                return error;
            _store.SaveOffsets(Id, offsets);
            foreach (var (partition, offset) in offsets)
                _offsets[partition] = offset;
            return ErrorCode.None;
        }
    }

    internal CommittedOffset? Offset(TopicPartition partition)
    {
        lock (_gate)
            return _offsets.TryGetValue(partition, out var offset) ? offset : null;
    }

    internal List<KeyValuePair<TopicPartition, CommittedOffset>> Offsets()
    {
        lock (_gate)
            return [.. _offsets];
    }

    internal void RestoreOffset(TopicPartition partition, CommittedOffset offset) => _offsets[partition] = offset;

    /// <summary>Forgets the offsets of a topic that was deleted.</summary>
    internal void ForgetTopic(string topic)
    {
        lock (_gate)
            Forget([.. _offsets.Keys.Where(p => p.Topic == topic)]);
    }

    private void Forget(List<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
            return;
        _store.DeleteOffsets(Id, partitions);
        foreach (var partition in partitions)
            _offsets.Remove(partition);
    }

    private ErrorCode CheckCommit(string memberId, string? instanceId, int generation)
    {
        if (State == GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        if (generation < 0 && State == GroupState.Empty)
            return ErrorCode.None;
        if (CheckGeneration(memberId, instanceId, generation, out var member) is not ErrorCode.None and var error)
            return error;
        member.Touch(_timings.NowMs);
        return State == GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }
}
