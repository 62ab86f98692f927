using System.Threading.Channels;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// Brings schema and topics up to date, then stores what the consumers hand over, in its order, until it is stopped.
/// </summary>
/// <remarks>
/// Batches that wait while another is stored are stored together. MassTransit closes a batch when its time is up, however
/// many wait before it; without this, a store that was slow once would get small batches for ever. And what stands behind a
/// batch that is not stored is never stored, nor confirmed: at whatever moment the process ends, nothing is lost.
/// </remarks>
public sealed partial class RiderStore(
    NpgsqlDataSource dataSource, LooseBatchHandler store, KafkaTopics topics, DescribePartition describe, RiderProgress progress,
    IOptions<RiderOptions> options, SchemaGate schema, TimeProvider clock, IHostApplicationLifetime host, ILogger<RiderStore> logger) : BackgroundService
{
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });

    /// <summary>Done when the records are stored, or dead letters. Never fails: what cannot be stored is never done.</summary>
    public Task StoreAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, CancellationToken cancellation)
    {
        var waiting = new Waiting(records);
        _waiting.Writer.TryWrite(waiting);
        return waiting.Done.Task.WaitAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RetryAsync(PrepareAsync, stoppingToken).ConfigureAwait(false);
            var together = new List<Waiting>();
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken).ConfigureAwait(false))
            {
                var count = 0;
                while (count < options.Value.DeliveryLimit && _waiting.Reader.TryRead(out var next))
                {
                    together.Add(next);
                    count += next.Records.Count;
                }
                var batch = await PlanAsync(together.SelectMany(one => one.Records), stoppingToken).ConfigureAwait(false);
                await RetryAsync(cancellation => store.HandleAsync(batch.Records, batch.Marks, cancellation), stoppingToken).ConfigureAwait(false);
                foreach (var (partition, offsets) in batch.Offsets) progress.Stored(partition, offsets, options.Value.HolePatience);
                foreach (var one in together) one.Done.TrySetResult();
                together.Clear();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped(logger);
        }
        catch (Exception e)
        {
            progress.Fails($"stopped: {e.Message}");
            LogFailed(logger, e);
            host.StopApplication();
        }
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        try
        {
            await SchemaMigrator.MigrateAsync(dataSource, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (e is not PostgresException || e.IsTransient)
        {
            schema.Waits(e.Message);
            throw new RetriableException($"waits for the database: {e.Message}", e);
        }
        schema.Open();
        await topics.EnsureAsync(cancellation).ConfigureAwait(false);
        progress.Works();
    }

    /// <summary>Sorts records by partition and offset (MassTransit's order is by time), and says how far the marks will rise.</summary>
    private async Task<Plan> PlanAsync(IEnumerable<ConsumeResult<byte[], byte[]>> records, CancellationToken cancellation)
    {
        var plan = new Plan([], [], []);
        foreach (var group in records.OrderBy(record => record.Offset.Value).GroupBy(record => record.TopicPartition))
        {
            var own = group.ToList();
            var offsets = own.ConvertAll(record => record.Offset.Value);
            PartitionProgress? known = null;
            await RetryAsync(
                async token => known = await progress.OfAsync(group.Key, offsets[0], store, describe, token).ConfigureAwait(false),
                cancellation).ConfigureAwait(false);
            var partition = new AssignedPartition(group.Key.Topic, group.Key.Partition.Value, known!.TopicId, 0, offsets[^1] + 1);
            plan.Partitions.Add(new PartitionRecords(partition, offsets[0], offsets[^1] + 1, own));
            plan.Marks.Add(new StreamPosition(partition.Topic, partition.Partition, known.TopicId, known.NextWith(offsets), null));
            plan.Offsets.Add((group.Key, offsets));
        }
        return plan;
    }

    // What passes is tried again for ever: the rider would take a failure for a success.
    private async Task RetryAsync(Func<CancellationToken, Task> attempt, CancellationToken cancellation)
    {
        var pause = options.Value.MaxRetryPause / 100;
        while (true)
        {
            try
            {
                await attempt(cancellation).ConfigureAwait(false);
                return;
            }
            catch (RetriableException e)
            {
                if (progress.Failure?.Reason != e.Message) LogRetrying(logger, e.Message);
                progress.Fails(e.Message);
            }
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
            if (pause < options.Value.MaxRetryPause) pause *= 2;
        }
    }

    private sealed record Waiting(IReadOnlyList<ConsumeResult<byte[], byte[]>> Records)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Plan(
        List<PartitionRecords> Partitions, List<StreamPosition> Marks, List<(TopicPartition Partition, List<long> Offsets)> Offsets)
    {
        public RecordBatch Records { get; } = new(Partitions);
    }

    [LoggerMessage(LogLevel.Warning, "Storage tries again: {Reason}")]
    private static partial void LogRetrying(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Critical, "A batch cannot be stored; storage stops, so that none is lost")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    [LoggerMessage(LogLevel.Information, "Storage stopped")]
    private static partial void LogStopped(ILogger logger);
}
