using Crypto.EmbeddedKafka.Groups;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Membership of consumer groups.</summary>
internal sealed class GroupApis(GroupCoordinator groups)
{
    private const int MinSessionTimeoutMs = 100;
    private const int MaxSessionTimeoutMs = 1_800_000;
    private const short MemberIdRequiredVersion = 4;
    private const short SkipAssignmentVersion = 9;

    internal async ValueTask<JoinGroupResponse?> JoinAsync(JoinGroupRequest request, RequestContext context)
    {
        if (request.GroupId.Length == 0)
            return JoinGroupResponse.Failed(ErrorCode.InvalidGroupId, request.MemberId);
        if (request.SessionTimeoutMs is < MinSessionTimeoutMs or > MaxSessionTimeoutMs)
            return JoinGroupResponse.Failed(ErrorCode.InvalidSessionTimeout, request.MemberId);
        var attempt = new JoinAttempt(
            request, context.ClientId, context.ClientHost,
            context.Version >= MemberIdRequiredVersion, context.Version >= SkipAssignmentVersion);
        while (true)
        {
            // A member that names itself must be one of a group that exists.
            var group = request.MemberId.Length == 0 ? groups.FindOrCreate(request.GroupId) : groups.Find(request.GroupId);
            if (group is null)
                return JoinGroupResponse.Failed(ErrorCode.UnknownMemberId, request.MemberId);
            var answer = await AwaitAsync(group, group.JoinAsync(attempt), context.Aborted);
            if (answer.Error != ErrorCode.CoordinatorNotAvailable)
                return answer;
            // The group was forgotten before it got its first member: begin it anew.
        }
    }

    internal async ValueTask<SyncGroupResponse?> SyncAsync(SyncGroupRequest request, RequestContext context) =>
        groups.Find(request.GroupId) is { } group
            ? await AwaitAsync(group, group.SyncAsync(request), context.Aborted)
            : SyncGroupResponse.Failed(Missing(request.GroupId));

    private static async Task<T> AwaitAsync<T>(Group group, Task<T> answer, CancellationToken aborted)
    {
        try
        {
            return await answer.WaitAsync(aborted);
        }
        catch (OperationCanceledException)
        {
            group.Abandon(answer);
            throw;
        }
    }

    internal HeartbeatResponse Heartbeat(HeartbeatRequest request, RequestContext context) =>
        new(groups.Find(request.GroupId)?.Heartbeat(request) ?? Missing(request.GroupId));

    internal LeaveGroupResponse Leave(LeaveGroupRequest request, RequestContext context)
    {
        if (groups.Find(request.GroupId) is { } group)
            return new(ErrorCode.None, group.Leave(request.Members));
        return new(
            request.GroupId.Length == 0 ? ErrorCode.InvalidGroupId : ErrorCode.None,
            [.. request.Members.Select(m => new LeftMember(m.MemberId, m.InstanceId, ErrorCode.UnknownMemberId))]);
    }

    private static ErrorCode Missing(string groupId) => groupId.Length == 0 ? ErrorCode.InvalidGroupId : ErrorCode.UnknownMemberId;
}
