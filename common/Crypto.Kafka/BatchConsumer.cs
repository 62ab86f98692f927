using System.Diagnostics;
using Confluent.Kafka;
using Crypto.Contracts;
using Microsoft.Extensions.Logging;

namespace Crypto.Kafka;

/// <summary>
/// Reads topics as a group member and hands batches to an <see cref="IBatchHandler"/>, which keeps the offsets in its own
/// database. One batch is handled while the next is collected. Polling goes on while the handler retries, so that the
/// member stays in its group however long the database is away. Nothing is ever committed to Kafka.
/// </summary>
/// <remarks>
/// The range assignor with eager rebalances: topics with the same keys stay together on one member (cooperative-sticky
/// promises no such thing), and each assignment begins with empty hands and positions from the database.
/// </remarks>
public sealed partial class BatchConsumer : IDisposable
{
    // Below this a busy handler is simply awaited; giving partitions back for a while makes librdkafka drop and refetch what it has.
    private static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RebuildPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BusyPoll = TimeSpan.FromMilliseconds(2);

    private readonly BatchConsumerOptions _options;
    private readonly KafkaOptions _kafka;
    private readonly KafkaTopics _topics;
    private readonly IBatchHandler _handler;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ConsumerMetrics _metrics;

    private PartitionBuffers _filling = new();
    private PartitionBuffers _handling = new();
    private long _fillingSince;
    private Task<Outcome> _work = Task.FromResult(Outcome.Done);
    private RecordBatch? _batch;
    private long _batchSince;

    public BatchConsumer(
        BatchConsumerOptions options, KafkaOptions kafka, KafkaTopics topics, IBatchHandler handler, TimeProvider clock, ILogger logger)
    {
        (_options, _kafka, _topics, _handler, _clock, _logger) = (options, kafka, topics, handler, clock, logger);
        _metrics = new ConsumerMetrics(options.Name, Status);
    }

    private enum Outcome
    {
        Done,
        Fenced,
        Canceled,
    }

    public ConsumerStatus Status { get; } = new();

    /// <summary>Reads until <paramref name="stop"/>; then an attempt under way is finished and the group is left in order.</summary>
    /// <exception cref="FatalException">No retry will mend it.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        Status.Fails("waiting for Kafka", _clock.GetUtcNow());
        try
        {
            while (true)
            {
                await _topics.EnsureAsync(stop).ConfigureAwait(false);
                // Consume blocks, so it has a thread of its own.
                await Task.Factory.StartNew(
                    () => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                await Task.Delay(RebuildPause, _clock, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.Stopped(_logger, _options.Name);
        }
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _assignment?.Dispose();
    }

    private void Run(CancellationToken stop)
    {
        var config = KafkaClients.ConsumerConfig(_kafka, _options.Group, _options.MemberId, _options.SessionTimeout);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => KafkaLog.Client(_logger, message))
            .SetErrorHandler((_, error) => OnError(error))
            .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, _) => GiveUpAssignment())
            .SetPartitionsLostHandler((_, _) => GiveUpAssignment())
            .Build();
        consumer.Subscribe(_options.Topics);
        try
        {
            _needsNewClient = false;
            while (!stop.IsCancellationRequested && !_needsNewClient) Step(consumer, stop);
        }
        finally
        {
            GiveUpAssignment();
            Close(consumer);
        }
    }

    private void Close(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            // A static member's close does not leave the group: a restart within the session time-out rebalances nothing.
            consumer.Close();
        }
        catch (KafkaException e) when (e.Error.IsFatal)
        {
            // What ended the client is told by its own message; the close only repeats it in librdkafka's words.
            if (_fatal is null) OnError(e.Error);
        }
    }

    private void Step(IConsumer<byte[], byte[]> consumer, CancellationToken stop)
    {
        if (_fatal is { } fatal) throw fatal;
        ServeAssignment(consumer);
        CheckUnread(consumer, stop);
        ServeHandler(consumer);
        if (Stopwatch.GetElapsedTime(_lagSince) >= PauseAfter) MeasureLag(consumer);
        if (_filling.Count >= _options.MaxRecords)
        {
            AwaitHandler(consumer, stop);
            return;
        }
        try
        {
            if (consumer.Consume(PollTime()) is { } record) Collect(record);
        }
        catch (ConsumeException e)
        {
            OnConsumeError(e.Error);
        }
    }

    private TimeSpan PollTime()
    {
        if (_filling.Count == 0) return _work.IsCompleted && _batch is null ? IdlePoll : BusyPoll;
        if (_batch is not null) return BusyPoll;
        var left = _options.Linger - Stopwatch.GetElapsedTime(_fillingSince);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Collect(ConsumeResult<byte[], byte[]> record)
    {
        // What a former assignment had fetched may still arrive.
        if (_assignment?.Accept(record) is not { } accepted) return;
        if (_filling.Count == 0) _fillingSince = Stopwatch.GetTimestamp();
        _filling.Add(record, accepted.Partition, accepted.Position);
    }

    /// <summary>Takes the result of a finished batch, and hands the next over if it is due.</summary>
    private void ServeHandler(IConsumer<byte[], byte[]> consumer)
    {
        if (!_work.IsCompleted) return;
        if (_batch is not null) FinishBatch(consumer);
        if (_filling.Count == 0 || _assignment is not { IsReady: true } assignment) return;
        if (_filling.Count < _options.MaxRecords && Stopwatch.GetElapsedTime(_fillingSince) < _options.Linger) return;
        (_filling, _handling) = (_handling, _filling);
        var batch = _batch = _handling.ToBatch();
        _batchSince = Stopwatch.GetTimestamp();
        _work = Task.Run(() => HandleAsync(batch, assignment));
    }

    private void FinishBatch(IConsumer<byte[], byte[]> consumer)
    {
        var batch = _batch!;
        _batch = null;
        var outcome = _work.GetAwaiter().GetResult();
        _work = Task.FromResult(Outcome.Done);
        if (outcome == Outcome.Done)
        {
            _metrics.Handled(_handling.Count, Stopwatch.GetElapsedTime(_batchSince));
            Status.Records += _handling.Count;
            Status.LastBatch = _clock.GetUtcNow();
            Status.Works();
            _assignment?.Handled(batch);
            MeasureLag(consumer);
        }
        _handling.Clear();
        if (outcome != Outcome.Fenced) return;
        _metrics.Fenced();
        Log.Fenced(_logger, _options.Name);
        Reassign();
    }

    private async Task<Outcome> HandleAsync(RecordBatch batch, Assignment assignment)
    {
        var pause = _options.MaxRetryPause / 100;
        while (true)
        {
            try
            {
                await _handler.HandleAsync(batch, assignment.Abort).ConfigureAwait(false);
                return Outcome.Done;
            }
            catch (FencedException)
            {
                return Outcome.Fenced;
            }
            catch (FatalException)
            {
                throw;
            }
            catch (Exception) when (assignment.Abort.IsCancellationRequested)
            {
                return Outcome.Canceled;
            }
            catch (RetriableException e)
            {
                Failed(e.Message, null);
            }
            catch (Exception e)
            {
                // A bug of ours, or an answer that nobody foresaw: the batch must not be lost, and health says why it stands.
                Failed($"{e.GetType().Name}: {e.Message}", e);
            }
            try
            {
                await Task.Delay(pause, _clock, assignment.NoRetry).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Outcome.Canceled;
            }
            pause = pause * 2 < _options.MaxRetryPause ? pause * 2 : _options.MaxRetryPause;
        }
    }

    private void Failed(string reason, Exception? unexpected)
    {
        _metrics.Retried();
        if (unexpected is not null) Log.Unexpected(_logger, unexpected, _options.Name);
        else if (Status.Failure?.Reason != reason) Log.Retrying(_logger, _options.Name, reason);
        Status.Fails(reason, _clock.GetUtcNow());
    }

    /// <summary>Both buffers are full. A handler that takes its time is awaited; one that retries is polled past.</summary>
    private void AwaitHandler(IConsumer<byte[], byte[]> consumer, CancellationToken stop)
    {
        try
        {
            if (_work.Wait((int)PauseAfter.TotalMilliseconds, stop)) return;
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (AggregateException)
        {
            return; // ServeHandler takes the failure.
        }
        // Nothing is read for now. Not by Pause and Resume: with them a partition of a loaded machine stood still for good.
        var assignment = _assignment;
        consumer.Assign(Array.Empty<TopicPartitionOffset>());
        while (!_work.IsCompleted && !stop.IsCancellationRequested && _filling.Count > 0 && _fatal is null && !_needsNewClient)
        {
            try
            {
                // A record here was on its way already.
                if (consumer.Consume(IdlePoll) is { } record) Collect(record);
            }
            catch (ConsumeException e)
            {
                OnConsumeError(e.Error);
            }
        }
        // A rebalance may have passed meanwhile, and what came then reads from positions of its own.
        if (ReferenceEquals(assignment, _assignment) && assignment is { IsReady: true }) consumer.Assign(assignment.Positions);
    }
}
