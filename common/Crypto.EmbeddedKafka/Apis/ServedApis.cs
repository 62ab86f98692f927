using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Groups;
using Crypto.EmbeddedKafka.Producers;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Everything that the handlers share.</summary>
internal sealed record BrokerParts(
    TopicCatalog Topics, GroupCoordinator Groups, ProducerIds ProducerIds, BrokerIdentity Identity, EmbeddedKafkaOptions Options,
    UnpackingMemory Memory, BrokerMetrics Metrics, ILogger Logger);

/// <summary>The one list of the APIs, their versions and their handlers.</summary>
internal static class ServedApis
{
    private const short NeverFlexible = short.MaxValue;

    internal static ApiRegistry Create(BrokerParts broker)
    {
        var apis = new ApiRegistry();
        AddRecords(apis, broker);
        AddTopics(apis, broker);
        AddTopicAdministration(apis, broker);
        AddGroups(apis, broker);
        AddGroupAdministration(apis, broker);
        return apis;
    }

    private static void AddRecords(ApiRegistry apis, BrokerParts broker)
    {
        var produce = new ProduceApi(broker.Topics, broker.Memory, broker.Metrics, broker.Logger);
        var fetch = new FetchApi(broker.Topics, broker.Options);
        var listOffsets = new ListOffsetsApi(broker.Topics, broker.Memory);
        var producers = new ProducerApis(broker.ProducerIds);
        // Versions 0 to 2 can only carry older message formats, which are refused; clients before librdkafka 2.10 look for
        // them to tell whether a broker is new enough.
        apis.Add<ProduceRequest, ProduceResponse>(ApiKey.Produce, 0, 11, 9, produce.HandleAsync);
        apis.Add<FetchRequest, FetchResponse>(ApiKey.Fetch, 4, 17, 12, fetch.HandleAsync);
        apis.Add<ListOffsetsRequest, ListOffsetsResponse>(ApiKey.ListOffsets, 1, 10, 6, listOffsets.HandleAsync);
        apis.Add<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, 0, 4, 2, producers.Init);
    }

    private static void AddTopicAdministration(ApiRegistry apis, BrokerParts broker)
    {
        var topics = new TopicAdminApis(broker.Topics, broker.Groups);
        var records = new RecordAdminApis(broker.Topics);
        var configs = new ConfigApis(broker.Topics, broker.Options);
        apis.Add<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, 1, 6, 4, topics.Delete);
        apis.Add<CreatePartitionsRequest, CreatePartitionsResponse>(ApiKey.CreatePartitions, 0, 3, 2, topics.AddPartitions);
        apis.Add<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(
            ApiKey.DescribeTopicPartitions, 0, 0, 0, topics.Describe);
        apis.Add<DeleteRecordsRequest, DeleteRecordsResponse>(ApiKey.DeleteRecords, 0, 2, 2, records.Delete);
        apis.Add<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
            ApiKey.OffsetForLeaderEpoch, 2, 4, 4, records.EndOfEpoch);
        apis.Add<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, 1, 4, 4, configs.Describe);
        apis.Add<AlterConfigsRequest, AlterConfigsResponse>(ApiKey.AlterConfigs, 0, 2, 2, configs.Alter);
        apis.Add<IncrementalAlterConfigsRequest, AlterConfigsResponse>(
            ApiKey.IncrementalAlterConfigs, 0, 1, 1, configs.AlterIncrementally);
    }

    private static void AddGroupAdministration(ApiRegistry apis, BrokerParts broker)
    {
        var groups = new GroupAdminApis(broker.Groups);
        apis.Add<DescribeGroupsRequest, DescribeGroupsResponse>(ApiKey.DescribeGroups, 0, 5, 5, groups.Describe);
        apis.Add<ListGroupsRequest, ListGroupsResponse>(ApiKey.ListGroups, 0, 5, 3, groups.List);
        apis.Add<DeleteGroupsRequest, DeleteGroupsResponse>(ApiKey.DeleteGroups, 0, 2, 2, groups.Delete);
        apis.Add<OffsetDeleteRequest, OffsetDeleteResponse>(ApiKey.OffsetDelete, 0, 0, NeverFlexible, groups.DeleteOffsets);
    }

    private static void AddTopics(ApiRegistry apis, BrokerParts broker)
    {
        var metadata = new MetadataApi(broker.Topics, broker.Identity);
        var topics = new TopicApis(broker.Topics);
        apis.Add<ApiVersionsRequest, ApiVersionsResponse>(
            ApiKey.ApiVersions, 0, 4, 3, (_, _) => new ApiVersionsResponse(ErrorCode.None, apis.Versions));
        apis.Add<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 13, 9, metadata.Describe);
        apis.Add<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 5, 3, metadata.FindCoordinator);
        apis.Add<DescribeClusterRequest, DescribeClusterResponse>(ApiKey.DescribeCluster, 0, 1, 0, metadata.DescribeCluster);
        apis.Add<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7, 5, topics.Create);
    }

    private static void AddGroups(ApiRegistry apis, BrokerParts broker)
    {
        var groups = new GroupApis(broker.Groups);
        var offsets = new OffsetApis(broker.Groups, broker.Topics);
        apis.Add<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, 9, 6, groups.JoinAsync);
        apis.Add<SyncGroupRequest, SyncGroupResponse>(ApiKey.SyncGroup, 0, 5, 4, groups.SyncAsync);
        apis.Add<HeartbeatRequest, HeartbeatResponse>(ApiKey.Heartbeat, 0, 4, 4, groups.Heartbeat);
        apis.Add<LeaveGroupRequest, LeaveGroupResponse>(ApiKey.LeaveGroup, 0, 5, 4, groups.Leave);
        apis.Add<OffsetCommitRequest, OffsetCommitResponse>(ApiKey.OffsetCommit, 2, 9, 8, offsets.Commit);
        apis.Add<OffsetFetchRequest, OffsetFetchResponse>(ApiKey.OffsetFetch, 1, 9, 6, offsets.Fetch);
    }
}
