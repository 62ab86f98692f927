using Crypto.EmbeddedKafka.Groups;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Groups as an operator sees them.</summary>
internal sealed class GroupAdminApis(GroupCoordinator groups)
{
    internal DescribeGroupsResponse Describe(DescribeGroupsRequest request, RequestContext context) =>
        new([.. request.Groups.Select(id =>
            groups.Find(id)?.Describe() ?? new DescribedGroup(id, nameof(GroupState.Dead), "", "", []))]);

    internal ListGroupsResponse List(ListGroupsRequest request, RequestContext context)
    {
        bool Wanted(string value, List<string> filter) =>
            filter.Count == 0 || filter.Exists(f => f.Equals(value, StringComparison.OrdinalIgnoreCase));
        return new([.. groups.All
            .Where(g => g.State != GroupState.Dead && Wanted(g.State.ToString(), request.States) && Wanted(ListedGroup.Type, request.Types))
            .Select(g => new ListedGroup(g.Id, g.ProtocolType, g.State.ToString()))]);
    }

    internal DeleteGroupsResponse Delete(DeleteGroupsRequest request, RequestContext context) =>
        new([.. request.Groups.Select(id => new DeletedGroup(id, Delete(id)))]);

    internal OffsetDeleteResponse DeleteOffsets(OffsetDeleteRequest request, RequestContext context)
    {
        if (groups.Find(request.GroupId) is not { } group)
            return new(ErrorCode.GroupIdNotFound, []);
        return new(ErrorCode.None, [.. request.Topics.Select(topic =>
        {
            var error = Stored(() => group.DeleteOffsets(topic.Name, topic.Partitions));
            return new PartitionErrors(topic.Name, [.. topic.Partitions.Select(p => new PartitionError(p, error))]);
        })]);
    }

    /// <summary>The disk may be full; clients try again after this code.</summary>
    private static ErrorCode Stored(Func<ErrorCode> change)
    {
        try
        {
            return change();
        }
        catch (IOException)
        {
            return ErrorCode.CoordinatorNotAvailable;
        }
    }

    private ErrorCode Delete(string id)
    {
        if (id.Length == 0)
            return ErrorCode.InvalidGroupId;
        if (groups.Find(id) is not { } group)
            return ErrorCode.GroupIdNotFound;
        var error = Stored(group.Kill);
        if (error == ErrorCode.None)
            groups.Remove(group);
        return error;
    }
}
