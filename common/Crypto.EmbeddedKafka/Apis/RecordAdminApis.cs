using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Deletes a log's beginning, and says where leadership epochs end.</summary>
internal sealed class RecordAdminApis(TopicCatalog topics)
{
    internal DeleteRecordsResponse Delete(DeleteRecordsRequest request, RequestContext context) =>
        new([.. request.Topics.Select(topic => new DeleteRecordsTopicResult(
            topic.Name, [.. topic.Partitions.Select(p => Delete(topic.Name, p))]))]);

    internal OffsetForLeaderEpochResponse EndOfEpoch(OffsetForLeaderEpochRequest request, RequestContext context) =>
        new([.. request.Topics.Select(topic => new LeaderEpochTopicResult(
            topic.Name, [.. topic.Partitions.Select(p => EndOfEpoch(topic.Name, p))]))]);

    private DeleteRecordsResult Delete(string topic, DeleteRecordsPartition wanted)
    {
        if (topics.Find(topic)?.Partition(wanted.Index) is not { } partition)
            return new(wanted.Index, -1, ErrorCode.UnknownTopicOrPartition);
        long offset = wanted.Offset == -1 ? partition.NextOffset : wanted.Offset;
        try
        {
            return partition.DeleteBefore(offset)
                ? new(wanted.Index, partition.StartOffset, ErrorCode.None)
                : new(wanted.Index, -1, ErrorCode.OffsetOutOfRange);
        }
        catch (IOException)
        {
            return new(wanted.Index, -1, ErrorCode.KafkaStorageError); // the disk may be full; clients try again after this code
        }
    }

    private LeaderEpochResult EndOfEpoch(string topic, LeaderEpochPartition wanted)
    {
        if (topics.Find(topic)?.Partition(wanted.Index) is not { } partition)
            return new(wanted.Index, ErrorCode.UnknownTopicOrPartition, -1, -1);
        if (LeaderEpochs.Check(wanted.CurrentEpoch) is not ErrorCode.None and var error)
            return new(wanted.Index, error, -1, -1);
        return wanted.LeaderEpoch == Broker.LeaderEpoch
            ? new(wanted.Index, ErrorCode.None, Broker.LeaderEpoch, partition.NextOffset)
            : new(wanted.Index, ErrorCode.None, -1, -1);
    }
}
