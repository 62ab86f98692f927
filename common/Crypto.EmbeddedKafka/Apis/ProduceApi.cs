using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Appends record batches. A batch is checked, gets its offset and is written as it came.</summary>
internal sealed partial class ProduceApi(TopicCatalog topics, UnpackingMemory memory, BrokerMetrics metrics, ILogger logger)
{
    private readonly LogThrottle _refusals = new();
    private readonly LogThrottle _failures = new();

    internal async ValueTask<ProduceResponse?> HandleAsync(ProduceRequest request, RequestContext context)
    {
        var refusal = request.Acks is not (-1 or 0 or 1) ? ErrorCode.InvalidRequiredAcks
            : request.TransactionalId is not null ? ErrorCode.TransactionalIdAuthorizationFailed
            : ErrorCode.None;
        var results = new List<ProduceTopicResult>(request.Topics.Count);
        foreach (var topic in request.Topics)
        {
            var partitions = new ProducePartitionResult[topic.Partitions.Count];
            for (int i = 0; i < partitions.Length; i++)
            {
                partitions[i] = refusal == ErrorCode.None
                    ? await AppendAsync(topic.Name, topic.Partitions[i], context.Aborted)
                    : Failed(topic.Partitions[i].Index, refusal, refusal.ToString());
            }
            results.Add(new ProduceTopicResult(topic.Name, partitions));
        }
        // A producer that wants no answer learns of a failure by the end of its connection, as from Kafka, and looks anew.
        if (request.Acks == 0 && results.SelectMany(t => t.Partitions).FirstOrDefault(p => p.Error != ErrorCode.None) is { Error: not ErrorCode.None } failed)
            throw new MalformedRequestException($"records were sent without wanting an answer, and not taken: {failed.Error}");
        return request.Acks == 0 ? null : new ProduceResponse(results);
    }

    private async ValueTask<ProducePartitionResult> AppendAsync(string topic, ProducePartition produced, CancellationToken aborted)
    {
        if (topics.Find(topic)?.Partition(produced.Index) is not { } partition)
            return Failed(produced.Index, ErrorCode.UnknownTopicOrPartition, null);
        var records = produced.Records ?? Memory<byte>.Empty;
        var (error, message) = BatchValidator.Check(records, partition.Settings);
        if (error == ErrorCode.None && partition.Settings.Compact)
            (error, message) = await CheckKeysAsync(records, aborted);
        if (error != ErrorCode.None)
        {
            if (_refusals.Take(out string others))
                LogRefused(logger, topic, produced.Index, message, others);
            return Failed(produced.Index, error, message);
        }
        try
        {
            var appended = partition.Append(records.Span);
            if (appended.Error == ErrorCode.None)
                metrics.Appended(new BatchHeader(records.Span).RecordCount);
            return new(produced.Index, appended.Error, appended.BaseOffset, appended.LogAppendTimeMs, partition.StartOffset, null);
        }
        catch (IOException e)
        {
            if (_failures.Take(out string others))
                LogNotWritten(logger, topic, produced.Index, e.Message, others);
            return Failed(produced.Index, ErrorCode.KafkaStorageError, e.Message);
        }
    }

    private ValueTask<(ErrorCode, string?)> CheckKeysAsync(Memory<byte> records, CancellationToken aborted) =>
        new BatchHeader(records.Span).Compression == CompressionType.None
            ? ValueTask.FromResult(BatchValidator.CheckKeys(records, default))
            : memory.RunAsync(limit => BatchValidator.CheckKeys(records, limit), aborted);

    private static ProducePartitionResult Failed(int partition, ErrorCode error, string? message) =>
        new(partition, error, -1, -1, -1, message);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "A batch for {Topic}-{Partition} was refused: {Problem}{Others}")]
    private static partial void LogRefused(ILogger logger, string topic, int partition, string? problem, string others);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "A batch for {Topic}-{Partition} could not be written, its producer has to try again: {Reason}{Others}")]
    private static partial void LogNotWritten(ILogger logger, string topic, int partition, string reason, string others);
}
