using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Makes topics.</summary>
internal sealed class TopicApis(TopicCatalog topics)
{
    internal CreateTopicsResponse Create(CreateTopicsRequest request, RequestContext context)
    {
        var repeated = request.Topics.GroupBy(t => t.Name).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        return new([.. request.Topics.Select(topic => repeated.Contains(topic.Name)
            ? Failed(topic.Name, new(ErrorCode.InvalidRequest, $"topic {topic.Name} is named twice"))
            : Create(topic, request.ValidateOnly))]);
    }

    private CreatedTopic Create(CreatableTopic wanted, bool validateOnly)
    {
        if (Check(wanted, out int partitions) is { Code: not ErrorCode.None } problem)
            return Failed(wanted.Name, problem);
        var settings = new Dictionary<string, string>();
        foreach (var config in wanted.Configs)
            settings[config.Name] = config.Value ?? "";
        var error = topics.Create(wanted.Name, partitions, settings, validateOnly);
        if (error.Code != ErrorCode.None)
            return Failed(wanted.Name, error);
        var created = topics.Find(wanted.Name);
        return new(
            wanted.Name, created?.Id ?? Guid.Empty, ErrorCode.None, null, created?.Partitions.Length ?? partitions,
            [.. TopicSettings.All.Values.Select(setting => Describe(setting, settings))]);
    }

    private static CreatedConfig Describe(TopicSetting setting, Dictionary<string, string> settings) =>
        settings.TryGetValue(setting.Name, out string? value)
            ? new(setting.Name, value, ConfigSource.Topic)
            : new(setting.Name, setting.Default, ConfigSource.Default);

    private static TopicError Check(CreatableTopic wanted, out int partitions)
    {
        partitions = wanted.Partitions;
        if (wanted.Assignments.Count > 0)
        {
            if (wanted.Partitions != -1 || wanted.ReplicationFactor != -1)
                return new(ErrorCode.InvalidRequest, "both an assignment and a number of partitions or replicas");
            if (wanted.Assignments.Exists(a => a.Brokers is not [Broker.NodeId]))
                return new(ErrorCode.InvalidReplicaAssignment, $"there is one broker, {Broker.NodeId}");
            partitions = wanted.Assignments.Count;
            return wanted.Assignments.Select(a => a.Partition).Order().SequenceEqual(Enumerable.Range(0, partitions))
                ? TopicError.None
                : new(ErrorCode.InvalidReplicaAssignment, "the assigned partitions are not 0, 1, 2, ...");
        }
        return wanted.ReplicationFactor is 1 or -1
            ? TopicError.None
            : new(ErrorCode.InvalidReplicationFactor, $"replication factor {wanted.ReplicationFactor}; this is a single broker, so it is 1");
    }

    private static CreatedTopic Failed(string name, TopicError error) => new(name, Guid.Empty, error.Code, error.Message, -1, []);
}
