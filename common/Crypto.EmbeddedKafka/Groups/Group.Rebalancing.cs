using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Groups;

internal sealed partial class Group
{
    /// <summary>Asks every member to join again: those who wait for an assignment now, the others with their heartbeat.</summary>
    private void PrepareRebalance()
    {
        foreach (var member in _members.Values)
            member.Answer(SyncGroupResponse.Failed(ErrorCode.RebalanceInProgress));
        bool isFirst = State == GroupState.Empty;
        State = GroupState.PreparingRebalance;
        int patience = _members.Values.Select(m => m.RebalanceTimeoutMs).DefaultIfEmpty(0).Max();
        _earliestCompletionMs = isFirst ? _timings.NowMs + _timings.InitialRebalanceDelayMs : 0;
        _deadlineMs = _timings.NowMs + patience;
    }

    private long _earliestCompletionMs;

    private void CompleteJoinIfAllAreHere()
    {
        if (State == GroupState.PreparingRebalance && _promisedIds.Count == 0 && _timings.NowMs >= _earliestCompletionMs &&
            _members.Values.All(m => m.Joining is not null))
            CompleteJoin();
    }

    private void CompleteJoin()
    {
        // Static members who are away keep their place until their session ends.
        foreach (var absent in _members.Values.Where(m => m.Joining is null && m.InstanceId is null).ToList())
            Drop(absent);
        if (_members.Count == 0)
        {
            BecomeEmpty();
            return;
        }
        var present = _members.Values.Where(m => m.Joining is not null).ToList();
        if (present.Count == 0)
        {
            _deadlineMs = _timings.NowMs + _members.Values.Max(m => m.RebalanceTimeoutMs);
            return; // only absent static members: wait for one of them, or for the end of their sessions
        }
        Generation++;
        _protocol = ElectProtocol();
        if (_leaderId is null || !present.Exists(m => m.Id == _leaderId))
            _leaderId = present[0].Id;
        State = GroupState.CompletingRebalance;
        _deadlineMs = _timings.NowMs + _members.Values.Max(m => m.RebalanceTimeoutMs);
        foreach (var member in present)
        {
            member.Touch(_timings.NowMs);
            member.Answer(Current(member, withMembers: member.Id == _leaderId));
        }
    }

    /// <summary>Of the protocols that all members know, the one that most of them like best.</summary>
    private string ElectProtocol()
    {
        var members = _members.Values;
        bool Common(GroupProtocol protocol) => members.All(m => m.Supports(protocol.Name));
        return members.Select(m => m.Protocols.Find(Common)!.Name).GroupBy(name => name).MaxBy(votes => votes.Count())!.Key;
    }

    private void BecomeEmpty()
    {
        Generation++;
        (_leaderId, _protocol, _deadlineMs) = (null, null, long.MaxValue);
        State = GroupState.Empty;
        Save();
    }

    /// <summary>Takes a member out without a thought for what follows.</summary>
    private void Drop(Member member)
    {
        _members.Remove(member.Id);
        if (member.InstanceId is not null)
            _idsByInstance.Remove(member.InstanceId);
        member.Answer(JoinGroupResponse.Failed(ErrorCode.UnknownMemberId, member.Id));
        member.Answer(SyncGroupResponse.Failed(ErrorCode.UnknownMemberId));
    }

    /// <summary>Takes a member out and lets the others share its partitions.</summary>
    private void Remove(Member member)
    {
        Drop(member);
        if (State is GroupState.Stable or GroupState.CompletingRebalance)
            PrepareRebalance();
        if (_members.Count == 0 && _promisedIds.Count == 0)
            BecomeEmpty();
        else
            CompleteJoinIfAllAreHere();
    }

    /// <summary>Looks at the clock: members who were not heard of, joins and assignments that are overdue.</summary>
    /// <returns>The ids of members whose session ended.</returns>
    internal List<string> Tick()
    {
        lock (_gate)
        {
            long now = _timings.NowMs;
            foreach (string promised in _promisedIds.Where(p => p.Value < now).Select(p => p.Key).ToList())
                _promisedIds.Remove(promised);
            var expired = _members.Values.Where(m => !m.IsWaiting && m.SessionEndsMs < now).ToList();
            if (State == GroupState.CompletingRebalance && now >= _deadlineMs)
                expired = [.. _members.Values.Where(m => m.Syncing is null)];
            foreach (var member in expired)
                Remove(member);
            if (State == GroupState.PreparingRebalance && now >= _deadlineMs)
                CompleteJoin();
            else
                CompleteJoinIfAllAreHere();
            return [.. expired.Select(m => m.Id)];
        }
    }
}
