using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Ingestion.Ledger;

/// <summary>Where the logs of trades and coverage end, and whether storage has come so far.</summary>
public sealed partial class StorageProgress(
    KafkaTopics topics, LedgerReader ledger, TimeProvider clock, ILogger<StorageProgress> logger)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    /// <summary>Notes where the logs end now.</summary>
    public async Task<LogEnds> NoteEndsAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var ends = new LogEnds();
                foreach (var topic in (string[])[Topics.Trades, Topics.Coverage])
                {
                    if (await topics.DescribeAsync(topic, cancellation).ConfigureAwait(false) is not var (id, partitions)) continue;
                    var extents = await topics.ExtentsAsync(
                        [.. Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p))], cancellation).ConfigureAwait(false);
                    foreach (var (partition, (_, latest)) in extents) ends.Add(topic, partition.Partition.Value, id, latest);
                }
                return ends;
            }
            catch (RetriableException e)
            {
                Log.Waiting(logger, e.Message);
            }
            await Task.Delay(PauseMax, clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits until storage has stored everything before the ends. Ends of a log that is gone (a topic made anew, a broker's
    /// folder deleted) are reached by nobody; those of the log in its place are waited for instead.
    /// </summary>
    public async Task WaitForAsync(LogEnds ends, CancellationToken cancellation)
    {
        var pause = PauseMin;
        while (true)
        {
            try
            {
                if (ends.AreReachedBy(await ledger.StorageOffsetsAsync(cancellation).ConfigureAwait(false))) return;
            }
            catch (NpgsqlException e)
            {
                Log.Waiting(logger, e.Message);
            }
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
            if (pause < PauseMax) pause *= 1.5;
            else if (await AreGoneAsync(ends, cancellation).ConfigureAwait(false)) ends = await NoteEndsAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> AreGoneAsync(LogEnds ends, CancellationToken cancellation)
    {
        try
        {
            foreach (var (topic, id) in ends.TopicIds)
            {
                // A topic that is not there (yet) may be the old one of a broker that is still starting.
                if (await topics.DescribeAsync(topic, cancellation).ConfigureAwait(false) is not { } now || now.Id == id) continue;
                Log.OtherLog(logger, topic);
                return true;
            }
        }
        catch (RetriableException e)
        {
            Log.Waiting(logger, e.Message);
        }
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Waiting, to compare the ledger with the log: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Topic {Topic} was made anew while its end was waited for; waiting for the new one's")]
        public static partial void OtherLog(ILogger logger, string topic);
    }
}
