using Crypto.EmbeddedKafka.Groups;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Deletes topics, adds partitions to them and describes them page by page.</summary>
internal sealed class TopicAdminApis(TopicCatalog topics, GroupCoordinator groups)
{
    private const int MaxPartitionsPerPage = 2000;

    internal DeleteTopicsResponse Delete(DeleteTopicsRequest request, RequestContext context) =>
        new([.. request.Topics.Select(Delete)]);

    internal CreatePartitionsResponse AddPartitions(CreatePartitionsRequest request, RequestContext context) =>
        new([.. request.Topics.Select(wanted =>
        {
            var error = AddPartitions(wanted, request.ValidateOnly);
            return new GrownTopic(wanted.Name, error.Code, error.Message);
        })]);

    internal DescribeTopicPartitionsResponse Describe(DescribeTopicPartitionsRequest request, RequestContext context)
    {
        var names = request.Topics.Count > 0 ? request.Topics.Select(t => t.Name) : topics.All.Select(t => t.Name);
        int left = Math.Clamp(request.Limit, 1, MaxPartitionsPerPage);
        var results = new List<TopicPartitionsResult>();
        foreach (string name in names.Distinct().Order(StringComparer.Ordinal))
        {
            if (request.Cursor is { } cursor && string.CompareOrdinal(name, cursor.Topic) < 0)
                continue;
            int first = request.Cursor is { } at && at.Topic == name ? Math.Max(0, at.Partition) : 0;
            if (left == 0)
                return new(results, new TopicCursor(name, first));
            var topic = topics.Find(name);
            if (topic is null)
            {
                var error = TopicCatalog.IsValidName(name) ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopic;
                results.Add(new(error, name, Guid.Empty, []));
                continue;
            }
            int count = Math.Clamp(topic.Partitions.Length - first, 0, left);
            results.Add(new(ErrorCode.None, name, topic.Id, [.. Enumerable.Range(first, count).Select(i => new PartitionPlace(i))]));
            left -= count;
            if (first + count < topic.Partitions.Length)
                return new(results, new TopicCursor(name, first + count));
        }
        return new(results, null);
    }

    private DeletedTopic Delete(DeletableTopic wanted)
    {
        var topic = wanted.Name is { } name ? topics.Find(name) : topics.Find(wanted.Id);
        bool isDeleted;
        try
        {
            isDeleted = topic is not null && topics.Delete(topic);
        }
        catch (IOException e)
        {
            return new(topic?.Name, wanted.Id, ErrorCode.KafkaStorageError, e.Message);
        }
        if (topic is null || !isDeleted)
        {
            var error = wanted.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
            return new(wanted.Name, wanted.Id, error, "there is no such topic");
        }
        groups.ForgetTopic(topic.Name);
        return new(topic.Name, topic.Id, ErrorCode.None, null);
    }

    private TopicError AddPartitions(GrowingTopic wanted, bool validateOnly)
    {
        if (topics.Find(wanted.Name) is not { } topic)
            return new(ErrorCode.UnknownTopicOrPartition, $"there is no topic {wanted.Name}");
        if (wanted.Assignments is { } assignments &&
            (assignments.Count != wanted.Count - topic.Partitions.Length || assignments.Exists(a => a.Brokers is not [Broker.NodeId])))
            return new(ErrorCode.InvalidReplicaAssignment, $"every new partition must be assigned, to the one broker, {Broker.NodeId}");
        return topics.AddPartitions(topic, wanted.Count, validateOnly);
    }
}
