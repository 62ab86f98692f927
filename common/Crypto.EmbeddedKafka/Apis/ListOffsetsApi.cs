using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>The first offset, the next one, and the one that belongs to a time.</summary>
internal sealed class ListOffsetsApi(TopicCatalog topics)
{
    internal ListOffsetsResponse Handle(ListOffsetsRequest request, RequestContext context) => new(
        [.. request.Topics.Select(topic => new ListOffsetsTopicResult(
            topic.Name, [.. topic.Partitions.Select(p => Find(topics.Find(topic.Name)?.Partition(p.Index), p))]))]);

    private static ListOffsetsPartitionResult Find(PartitionLog? partition, ListOffsetsPartition wanted)
    {
        if (partition is null)
            return new(wanted.Index, ErrorCode.UnknownTopicOrPartition);
        if (LeaderEpochs.Check(wanted.LeaderEpoch) is not ErrorCode.None and var error)
            return new(wanted.Index, error);
        return wanted.Timestamp switch
        {
            SpecialTimestamp.Latest => Found(wanted.Index, -1, partition.NextOffset),
            SpecialTimestamp.Earliest or SpecialTimestamp.EarliestLocal => Found(wanted.Index, -1, partition.StartOffset),
            SpecialTimestamp.LatestTiered => new(wanted.Index, ErrorCode.None),
            SpecialTimestamp.MaxTimestamp => FoundOrNone(wanted.Index, partition.FindMaxTimestamp()),
            _ => FoundOrNone(wanted.Index, partition.FindTimestamp(wanted.Timestamp)),
        };
    }

    private static ListOffsetsPartitionResult FoundOrNone(int index, (long Offset, long Timestamp)? found) =>
        found is { } record ? Found(index, record.Timestamp, record.Offset) : new(index, ErrorCode.None);

    private static ListOffsetsPartitionResult Found(int index, long timestamp, long offset) =>
        new(index, ErrorCode.None, timestamp, offset, Broker.LeaderEpoch);
}
