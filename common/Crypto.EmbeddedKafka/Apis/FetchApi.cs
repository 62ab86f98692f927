using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>
/// Reads record batches, and waits for some where there are too few. Incremental sessions are declined the way the protocol
/// foresees it: every answer names session 0, so that clients go on sending full requests.
/// </summary>
internal sealed class FetchApi(TopicCatalog topics, EmbeddedKafkaOptions options)
{
    internal async ValueTask<FetchResponse?> HandleAsync(FetchRequest request, RequestContext context)
    {
        if (request.SessionId != 0)
            return new FetchResponse(ErrorCode.FetchSessionIdNotFound, []);
        var response = Collect(request, out int bytes, out bool final);
        if (final || bytes >= request.MinBytes || request.MaxWaitMs <= 0)
            return response;
        return await WaitAsync(request, context.Aborted);
    }

    private async ValueTask<FetchResponse?> WaitAsync(FetchRequest request, CancellationToken aborted)
    {
        var partitions = Partitions(request);
        long deadline = Environment.TickCount64 + request.MaxWaitMs;
        while (true)
        {
            var waiter = new AppendWaiter();
            foreach (var partition in partitions)
                partition.Waiters.Add(waiter);
            try
            {
                // Looked at after the waiter was added: what was appended in between is seen here, what comes later wakes it.
                var response = Collect(request, out int bytes, out bool final);
                long left = deadline - Environment.TickCount64;
                if (final || bytes >= request.MinBytes || left <= 0)
                    return response;
                await waiter.Appended.WaitAsync(TimeSpan.FromMilliseconds(left), aborted)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                aborted.ThrowIfCancellationRequested();
            }
            finally
            {
                foreach (var partition in partitions)
                    partition.Waiters.Remove(waiter);
            }
        }
    }

    /// <param name="request">What is wanted.</param>
    /// <param name="bytes">How much there is.</param>
    /// <param name="final">Whether an error must be told at once.</param>
    private FetchResponse Collect(FetchRequest request, out int bytes, out bool final)
    {
        int left = Math.Min(request.MaxBytes, options.MaxFetchBytes);
        (bytes, final) = (0, false);
        var results = new List<FetchTopicResult>(request.Topics.Count);
        foreach (var wanted in request.Topics)
        {
            var topic = wanted.Name is { } name ? topics.Find(name) : topics.Find(wanted.Id);
            var partitions = new FetchPartitionResult[wanted.Partitions.Count];
            for (int i = 0; i < partitions.Length; i++)
            {
                partitions[i] = topic is null
                    ? Failed(wanted.Partitions[i], wanted.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition)
                    : Read(topic, wanted.Partitions[i], Math.Max(0, left), wholeBatch: bytes == 0);
                left -= partitions[i].Records.Length;
                bytes += partitions[i].Records.Length;
                final |= partitions[i].Error != ErrorCode.None;
            }
            results.Add(new FetchTopicResult(wanted.Name, wanted.Id, partitions));
        }
        final |= results.Count == 0;
        return new FetchResponse(ErrorCode.None, results);
    }

    private static FetchPartitionResult Read(Topic topic, FetchPartition wanted, int maxBytes, bool wholeBatch)
    {
        if (topic.Partition(wanted.Index) is not { } partition)
            return Failed(wanted, ErrorCode.UnknownTopicOrPartition);
        if (LeaderEpochs.Check(wanted.LeaderEpoch) is not ErrorCode.None and var epochError)
            return Failed(wanted, epochError);
        long end = partition.NextOffset;
        var (error, records) = maxBytes > 0 || wholeBatch
            ? partition.Read(wanted.Offset, end, Math.Min(maxBytes, wanted.MaxBytes), wholeBatch)
            : (ErrorCode.None, default);
        return new FetchPartitionResult(wanted.Index, error, records)
        {
            HighWatermark = end,
            LastStableOffset = end,
            LogStartOffset = partition.StartOffset,
        };
    }

    private static FetchPartitionResult Failed(FetchPartition wanted, ErrorCode error) => new(wanted.Index, error, default);

    private List<PartitionLog> Partitions(FetchRequest request)
    {
        var partitions = new List<PartitionLog>();
        foreach (var wanted in request.Topics)
        {
            var topic = wanted.Name is { } name ? topics.Find(name) : topics.Find(wanted.Id);
            partitions.AddRange(wanted.Partitions.Select(p => topic?.Partition(p.Index)).OfType<PartitionLog>());
        }
        return partitions;
    }
}
