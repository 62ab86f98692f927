using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Groups;

internal sealed partial class Group
{
    internal Task<SyncGroupResponse> SyncAsync(SyncGroupRequest request)
    {
        lock (_gate)
        {
            if (CheckGeneration(request.MemberId, request.InstanceId, request.Generation, out var member) is not ErrorCode.None and var error)
                return Task.FromResult(SyncGroupResponse.Failed(error));
            if ((request.ProtocolType ?? _protocolType) != _protocolType || (request.Protocol ?? _protocol) != _protocol)
                return Task.FromResult(SyncGroupResponse.Failed(ErrorCode.InconsistentGroupProtocol));
            member.Touch(_timings.NowMs);
            return State switch
            {
                GroupState.Stable => Task.FromResult(Assignment(member)),
                GroupState.CompletingRebalance => AwaitAssignment(member, request),
                _ => Task.FromResult(SyncGroupResponse.Failed(ErrorCode.RebalanceInProgress)),
            };
        }
    }

    internal ErrorCode Heartbeat(HeartbeatRequest request)
    {
        lock (_gate)
        {
            if (CheckGeneration(request.MemberId, request.InstanceId, request.Generation, out var member) is not ErrorCode.None and var error)
                return error;
            member.Touch(_timings.NowMs);
            return State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
        }
    }

    internal List<LeftMember> Leave(IEnumerable<LeavingMember> leaving)
    {
        lock (_gate)
        {
            return [.. leaving.Select(m => new LeftMember(m.MemberId, m.InstanceId, Leave(m)))];
        }
    }

    private ErrorCode Leave(LeavingMember leaving)
    {
        // An operator may remove a static member by its instance id alone.
        string id = leaving.MemberId.Length == 0 && leaving.InstanceId is not null
            ? _idsByInstance.GetValueOrDefault(leaving.InstanceId, "")
            : leaving.MemberId;
        if (leaving.InstanceId is null && _promisedIds.Remove(id))
        {
            CompleteJoinIfAllAreHere();
            return ErrorCode.None;
        }
        if (Find(id, leaving.InstanceId, out var member) is not ErrorCode.None and var error)
            return error;
        Remove(member);
        return ErrorCode.None;
    }

    private Task<SyncGroupResponse> AwaitAssignment(Member member, SyncGroupRequest request)
    {
        member.Answer(SyncGroupResponse.Failed(ErrorCode.RebalanceInProgress));
        member.Syncing = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = member.Syncing.Task;
        if (member.Id == _leaderId)
            Assign(request.Assignments);
        return answer;
    }

    private void Assign(List<MemberAssignment> assignments)
    {
        foreach (var member in _members.Values)
            member.Assignment = assignments.Find(a => a.MemberId == member.Id)?.Assignment ?? [];
        State = GroupState.Stable;
        _deadlineMs = long.MaxValue;
        Save();
        foreach (var member in _members.Values.Where(m => m.Syncing is not null))
        {
            member.Touch(_timings.NowMs);
            member.Answer(Assignment(member));
        }
    }

    private SyncGroupResponse Assignment(Member member) => new(ErrorCode.None, _protocolType, _protocol, member.Assignment);

    private ErrorCode CheckGeneration(string memberId, string? instanceId, int generation, out Member member)
    {
        var error = Find(memberId, instanceId, out member);
        return error == ErrorCode.None && generation != Generation ? ErrorCode.IllegalGeneration : error;
    }
}
