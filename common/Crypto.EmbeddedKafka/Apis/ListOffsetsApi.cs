using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>The first offset, the next one, and the one that belongs to a time.</summary>
internal sealed class ListOffsetsApi(TopicCatalog topics, UnpackingMemory memory)
{
    internal async ValueTask<ListOffsetsResponse?> HandleAsync(ListOffsetsRequest request, RequestContext context)
    {
        var results = new List<ListOffsetsTopicResult>(request.Topics.Count);
        foreach (var topic in request.Topics)
        {
            var partitions = new ListOffsetsPartitionResult[topic.Partitions.Count];
            for (int i = 0; i < partitions.Length; i++)
            {
                var wanted = topic.Partitions[i];
                partitions[i] = await FindAsync(topics.Find(topic.Name)?.Partition(wanted.Index), wanted, context.Aborted);
            }
            results.Add(new ListOffsetsTopicResult(topic.Name, partitions));
        }
        return new ListOffsetsResponse(results);
    }

    private async ValueTask<ListOffsetsPartitionResult> FindAsync(
        PartitionLog? partition, ListOffsetsPartition wanted, CancellationToken aborted)
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
            SpecialTimestamp.MaxTimestamp => FoundOrNone(wanted.Index, await memory.RunAsync(partition.FindMaxTimestamp, aborted)),
            _ => FoundOrNone(
                wanted.Index, await memory.RunAsync(limit => partition.FindTimestamp(wanted.Timestamp, limit), aborted)),
        };
    }

    private static ListOffsetsPartitionResult FoundOrNone(int index, (long Offset, long Timestamp)? found) =>
        found is { } record ? Found(index, record.Timestamp, record.Offset) : new(index, ErrorCode.None);

    private static ListOffsetsPartitionResult Found(int index, long timestamp, long offset) =>
        new(index, ErrorCode.None, timestamp, offset, Broker.LeaderEpoch);
}
