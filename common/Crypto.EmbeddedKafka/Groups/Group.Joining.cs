using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Groups;

/// <param name="Request">What the client sent.</param>
/// <param name="ClientId">The client's name.</param>
/// <param name="ClientHost">Where it comes from.</param>
/// <param name="MustKnowItsId">From version 4 on a new member is given its id first and joins with it.</param>
/// <param name="CanSkipAssignment">From version 9 on a returning static leader can be told that nothing is to be assigned.</param>
internal sealed record JoinAttempt(
    JoinGroupRequest Request, string ClientId, string ClientHost, bool MustKnowItsId, bool CanSkipAssignment)
{
    /// <summary>A new member id: the client's name, for people, and something that nobody has had.</summary>
    internal string NewMemberId() => $"{Request.InstanceId ?? ClientId}-{Guid.NewGuid()}";
}

internal sealed partial class Group
{
    internal Task<JoinGroupResponse> JoinAsync(JoinAttempt attempt)
    {
        lock (_gate)
        {
            var request = attempt.Request;
            if (State == GroupState.Dead)
                return Refused(ErrorCode.CoordinatorNotAvailable, request);
            if (!IsCompatible(request))
                return Refused(ErrorCode.InconsistentGroupProtocol, request);
            return request.MemberId.Length == 0 ? JoinNew(attempt) : JoinKnown(attempt);
        }
    }

    /// <summary>
    /// Nobody is there any more to take an answer. Its member no longer counts as waiting, so that its session ends unless it
    /// is heard of again.
    /// </summary>
    internal void Abandon(Task answer)
    {
        lock (_gate)
        {
            foreach (var member in _members.Values)
                member.Abandon(answer);
        }
    }

    private static Task<JoinGroupResponse> Refused(ErrorCode error, JoinGroupRequest request) =>
        Task.FromResult(JoinGroupResponse.Failed(error, request.MemberId));

    private bool IsCompatible(JoinGroupRequest request)
    {
        if (request.ProtocolType.Length == 0 || request.Protocols.Count == 0)
            return false;
        var others = _members.Values.Where(m => m.Id != request.MemberId).ToList();
        if (others.Count == 0)
            return true;
        return request.ProtocolType == _protocolType && request.Protocols.Exists(p => others.TrueForAll(m => m.Supports(p.Name)));
    }

    private Task<JoinGroupResponse> JoinNew(JoinAttempt attempt)
    {
        var request = attempt.Request;
        if (request.InstanceId is not null && _idsByInstance.TryGetValue(request.InstanceId, out string? oldId))
            return ReplaceStatic(attempt, _members[oldId]);
        string id = attempt.NewMemberId();
        if (attempt.MustKnowItsId && request.InstanceId is null)
        {
            _promisedIds[id] = _timings.NowMs + request.SessionTimeoutMs;
            return Task.FromResult(JoinGroupResponse.Failed(ErrorCode.MemberIdRequired, id));
        }
        return Add(attempt, id);
    }

    private Task<JoinGroupResponse> JoinKnown(JoinAttempt attempt)
    {
        var request = attempt.Request;
        if (_promisedIds.Remove(request.MemberId))
            return Add(attempt, request.MemberId);
        if (Find(request.MemberId, request.InstanceId, out var member) is not ErrorCode.None and var error)
            return Refused(error, request);
        member.Touch(_timings.NowMs);
        bool changed = !member.HasSameProtocols(request.Protocols);
        if (State == GroupState.Stable && !changed && member.Id != _leaderId)
            return Task.FromResult(Current(member, withMembers: false));
        // The answer to the first join was lost: give it again.
        if (State == GroupState.CompletingRebalance && !changed)
            return Task.FromResult(Current(member, withMembers: member.Id == _leaderId));
        return Rejoin(member, request);
    }

    private Task<JoinGroupResponse> Add(JoinAttempt attempt, string id)
    {
        var request = attempt.Request;
        var member = new Member
        {
            Id = id,
            InstanceId = request.InstanceId,
            ClientId = attempt.ClientId,
            ClientHost = attempt.ClientHost,
        };
        if (_members.Count == 0)
            _protocolType = request.ProtocolType;
        _members[id] = member;
        if (request.InstanceId is not null)
            _idsByInstance[request.InstanceId] = id;
        member.SessionTimeoutMs = request.SessionTimeoutMs;
        member.Touch(_timings.NowMs);
        return Rejoin(member, request);
    }

    private Task<JoinGroupResponse> Rejoin(Member member, JoinGroupRequest request)
    {
        member.SessionTimeoutMs = request.SessionTimeoutMs;
        member.RebalanceTimeoutMs = request.RebalanceTimeoutMs;
        member.Protocols = request.Protocols;
        // A join that was still waiting came over a connection that is gone, or the client would not ask again.
        member.Answer(JoinGroupResponse.Failed(ErrorCode.RebalanceInProgress, member.Id));
        member.Joining = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = member.Joining.Task;
        if (State != GroupState.PreparingRebalance)
            PrepareRebalance();
        CompleteJoinIfAllAreHere();
        return answer;
    }

    /// <summary>A static member came back under its instance id: it gets a new member id and keeps its partitions.</summary>
    private Task<JoinGroupResponse> ReplaceStatic(JoinAttempt attempt, Member old)
    {
        var request = attempt.Request;
        bool wasLeader = old.Id == _leaderId;
        bool changed = !old.HasSameProtocols(request.Protocols);
        string oldId = old.Id;
        old.Answer(JoinGroupResponse.Failed(ErrorCode.FencedInstanceId, oldId));
        old.Answer(SyncGroupResponse.Failed(ErrorCode.FencedInstanceId));
        _members.Remove(oldId);
        var member = new Member
        {
            Id = attempt.NewMemberId(),
            InstanceId = old.InstanceId,
            ClientId = attempt.ClientId,
            ClientHost = attempt.ClientHost,
            Assignment = old.Assignment,
            SessionTimeoutMs = request.SessionTimeoutMs,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs,
            Protocols = request.Protocols,
        };
        _members[member.Id] = member;
        _idsByInstance[request.InstanceId!] = member.Id;
        if (wasLeader)
            _leaderId = member.Id;
        member.Touch(_timings.NowMs);
        if (State != GroupState.Stable || changed)
            return Rejoin(member, request);
        Save();
        // An older client that is named leader would assign anew, so it is told the old id, and asks for its assignment.
        if (attempt.CanSkipAssignment)
            return Task.FromResult(Current(member, withMembers: wasLeader) with { SkipAssignment = wasLeader });
        return Task.FromResult(Current(member, withMembers: false) with { Leader = wasLeader ? oldId : _leaderId ?? "" });
    }

    private JoinGroupResponse Current(Member member, bool withMembers) => new(
        ErrorCode.None, Generation, _protocolType, _protocol, _leaderId ?? "", false, member.Id,
        withMembers ? [.. _members.Values.Select(m => new JoinGroupMember(m.Id, m.InstanceId, m.MetadataFor(_protocol!)))] : []);
}
