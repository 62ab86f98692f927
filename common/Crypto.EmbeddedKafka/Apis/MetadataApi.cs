using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Who the broker is, which topics there are, and where to find groups.</summary>
internal sealed class MetadataApi(TopicCatalog topics, BrokerIdentity identity)
{
    internal MetadataResponse Describe(MetadataRequest request, RequestContext context)
    {
        IEnumerable<MetadataTopic> described = request.Topics is null
            ? topics.All.OrderBy(t => t.Name, StringComparer.Ordinal).Select(Describe)
            : request.Topics.Select(t => Describe(t, request.AllowAutoTopicCreation));
        return new(
            [new MetadataBroker(Broker.NodeId, identity.Host, identity.Port)], identity.ClusterId, Broker.NodeId, [.. described]);
    }

    internal DescribeClusterResponse DescribeCluster(DescribeClusterRequest request, RequestContext context) =>
        request.EndpointType == DescribeClusterRequest.Brokers
            ? new(ErrorCode.None, null, identity.ClusterId, [new MetadataBroker(Broker.NodeId, identity.Host, identity.Port)])
            : new(ErrorCode.MismatchedEndpointType, "this is a broker, not a controller", identity.ClusterId, []);

    internal FindCoordinatorResponse FindCoordinator(FindCoordinatorRequest request, RequestContext context) => new(
        [.. request.Keys.Select(key => FindCoordinator(request.Type, key))]);

    private Coordinator FindCoordinator(CoordinatorType type, string key) => type switch
    {
        CoordinatorType.Group => new(key, Broker.NodeId, identity.Host, identity.Port, ErrorCode.None, null),
        // An error that clients give up on at once, rather than look for a coordinator until they time out.
        CoordinatorType.Transaction => new(
            key, -1, "", -1, ErrorCode.TransactionalIdAuthorizationFailed, "this broker has no transactions"),
        _ => new(key, -1, "", -1, ErrorCode.InvalidRequest, $"there is no coordinator of type {type}"),
    };

    private MetadataTopic Describe(MetadataTopicRequest wanted, bool allowCreation)
    {
        if (wanted.Name is not { Length: > 0 } name)
            return topics.Find(wanted.Id) is { } byId ? Describe(byId) : new(ErrorCode.UnknownTopicId, null, wanted.Id, []);
        if (topics.FindOrCreate(name, allowCreation) is { } topic)
            return Describe(topic);
        var error = TopicCatalog.IsValidName(name) ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopic;
        return new(error, name, Guid.Empty, []);
    }

    private static MetadataTopic Describe(Topic topic) => new(
        ErrorCode.None, topic.Name, topic.Id,
        [.. Enumerable.Range(0, topic.Partitions.Length).Select(i => new MetadataPartition(i, Broker.NodeId, Broker.LeaderEpoch))]);
}
