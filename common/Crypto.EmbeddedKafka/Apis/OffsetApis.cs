using Crypto.EmbeddedKafka.Groups;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>The offsets that groups commit.</summary>
internal sealed class OffsetApis(GroupCoordinator groups, TopicCatalog topics)
{
    private const int MaxMetadataLength = 4096;

    internal OffsetCommitResponse Commit(OffsetCommitRequest request, RequestContext context)
    {
        if (request.GroupId.Length == 0)
            return Answer(request, (_, _) => ErrorCode.InvalidGroupId);
        var valid = new Dictionary<TopicPartition, CommittedOffset>();
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions.Where(p => Check(topic.Name, p) == ErrorCode.None))
                valid[new(topic.Name, partition.Index)] = new(partition.Offset, partition.LeaderEpoch, partition.Metadata);
        }
        var error = Commit(request, valid);
        return Answer(request, (topic, partition) => error == ErrorCode.None ? Check(topic, partition) : error);
    }

    private ErrorCode Commit(OffsetCommitRequest request, Dictionary<TopicPartition, CommittedOffset> offsets)
    {
        try
        {
            while (true)
            {
                // Only a commit without a generation, by a client that assigns itself, may begin a group.
                var group = request.Generation < 0 ? groups.FindOrCreate(request.GroupId) : groups.Find(request.GroupId);
                if (group is null)
                    return ErrorCode.IllegalGeneration;
                var error = group.Commit(request, offsets);
                if (error != ErrorCode.CoordinatorNotAvailable)
                    return error;
                // The group was forgotten before it got its first offset: begin it anew.
            }
        }
        catch (IOException)
        {
            return ErrorCode.CoordinatorNotAvailable; // the disk may be full; clients try again after this code
        }
    }

    internal OffsetFetchResponse Fetch(OffsetFetchRequest request, RequestContext context) =>
        new([.. request.Groups.Select(Fetch)]);

    private ErrorCode Check(string topic, OffsetCommitPartition partition)
    {
        if (partition.Metadata is { Length: > MaxMetadataLength })
            return ErrorCode.OffsetMetadataTooLarge;
        return topics.Find(topic)?.Partition(partition.Index) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None;
    }

    private static OffsetCommitResponse Answer(OffsetCommitRequest request, Func<string, OffsetCommitPartition, ErrorCode> error) => new(
        [.. request.Topics.Select(topic => new PartitionErrors(
            topic.Name, [.. topic.Partitions.Select(p => new PartitionError(p.Index, error(topic.Name, p)))]))]);

    private OffsetFetchGroupResult Fetch(OffsetFetchGroup wanted)
    {
        if (wanted.GroupId.Length == 0)
            return new(wanted.GroupId, ErrorCode.InvalidGroupId, []);
        var group = groups.Find(wanted.GroupId);
        if (wanted.Topics is null)
            return new(wanted.GroupId, ErrorCode.None, [.. All(group)]);
        return new(wanted.GroupId, ErrorCode.None, [.. wanted.Topics.Select(topic => new OffsetFetchTopicResult(
            topic.Name, [.. topic.Partitions.Select(p => Result(p, group?.Offset(new(topic.Name, p))))]))]);
    }

    private static IEnumerable<OffsetFetchTopicResult> All(Group? group) =>
        (group?.Offsets() ?? []).GroupBy(entry => entry.Key.Topic).Select(topic => new OffsetFetchTopicResult(
            topic.Key, [.. topic.Select(entry => Result(entry.Key.Partition, entry.Value))]));

    private static OffsetFetchPartitionResult Result(int partition, CommittedOffset? offset) => offset is { } committed
        ? new(partition, committed.Offset, committed.LeaderEpoch, committed.Metadata ?? "", ErrorCode.None)
        : new(partition, -1, -1, "", ErrorCode.None);
}
