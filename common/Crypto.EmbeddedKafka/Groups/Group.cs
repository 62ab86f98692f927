using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Groups;

/// <summary>
/// One consumer group: the classic protocol's state machine, in the parts Joining, Syncing, Members and Offsets. Everything
/// happens under the group's lock and nothing in it waits; answers that are due later are tasks.
/// </summary>
internal sealed partial class Group
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Member> _members = [];
    private readonly Dictionary<string, string> _idsByInstance = [];
    private readonly Dictionary<string, long> _promisedIds = [];
    private readonly GroupTimings _timings;
    private readonly IGroupStore _store;

    private long _deadlineMs = long.MaxValue;
    private string? _leaderId;
    private string? _protocol;
    private string _protocolType = "";

    internal Group(string id, GroupTimings timings, IGroupStore store)
    {
        Id = id;
        _timings = timings;
        _store = store;
    }

    /// <summary>A group as it was when the broker ended: its members have a session's time to be heard of.</summary>
    internal Group(GroupSnapshot snapshot, GroupTimings timings, IGroupStore store) : this(snapshot.Id, timings, store)
    {
        (Generation, _protocolType, _protocol, _leaderId) =
            (snapshot.Generation, snapshot.ProtocolType, snapshot.Protocol, snapshot.LeaderId);
        foreach (var member in snapshot.Members)
        {
            member.Touch(timings.NowMs);
            _members[member.Id] = member;
            if (member.InstanceId is not null)
                _idsByInstance[member.InstanceId] = member.Id;
        }
        State = _members.Count == 0 ? GroupState.Empty : GroupState.Stable;
    }

    internal string Id { get; }

    internal GroupState State { get; private set; }

    internal int Generation { get; private set; }

    internal string ProtocolType => _protocolType;

    /// <summary>Marks an empty group as deleted.</summary>
    /// <exception cref="IOException">It is as it was.</exception>
    internal ErrorCode Kill()
    {
        lock (_gate)
        {
            if (State == GroupState.Dead)
                return ErrorCode.GroupIdNotFound;
            if (State != GroupState.Empty)
                return ErrorCode.NonEmptyGroup;
            _store.Delete(Id);
            State = GroupState.Dead;
            _offsets.Clear();
            return ErrorCode.None;
        }
    }

    /// <summary>Ends a group that holds nothing: names that clients mention once must not pile up.</summary>
    internal bool KillIfForgotten()
    {
        lock (_gate)
        {
            if (State != GroupState.Empty || _offsets.Count > 0 || _promisedIds.Count > 0)
                return false;
            State = GroupState.Dead;
            if (Generation > 0)
                _store.Delete(Id);
            return true;
        }
    }

    /// <summary>A member by its id, where its instance id (if any) is not another's by now.</summary>
    private ErrorCode Find(string memberId, string? instanceId, out Member member)
    {
        member = null!;
        if (State == GroupState.Dead)
            return ErrorCode.CoordinatorNotAvailable;
        if (instanceId is not null)
        {
            if (!_idsByInstance.TryGetValue(instanceId, out string? current))
                return ErrorCode.UnknownMemberId;
            if (current != memberId)
                return ErrorCode.FencedInstanceId;
        }
        return _members.TryGetValue(memberId, out member!) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    private void Save() => _store.Save(new GroupSnapshot(Id, Generation, _protocolType, _protocol, _leaderId, [.. _members.Values]));
}

/// <summary>Time as a group needs it.</summary>
internal sealed class GroupTimings(TimeProvider time, int initialRebalanceDelayMs)
{
    internal int InitialRebalanceDelayMs => initialRebalanceDelayMs;

    /// <summary>Milliseconds of a clock that never jumps.</summary>
    internal long NowMs => (long)time.GetElapsedTime(0).TotalMilliseconds;
}

/// <summary>Where groups and offsets outlive the process.</summary>
internal interface IGroupStore
{
    void Save(GroupSnapshot group);

    void SaveOffsets(string groupId, IReadOnlyCollection<KeyValuePair<TopicPartition, CommittedOffset>> offsets);

    void DeleteOffsets(string groupId, IReadOnlyCollection<TopicPartition> partitions);

    void Delete(string groupId);
}

internal readonly record struct TopicPartition(string Topic, int Partition);
