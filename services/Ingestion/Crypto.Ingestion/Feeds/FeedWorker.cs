using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Ingestion.Repair;
using Crypto.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Ingestion.Feeds;

/// <summary>Polls one feed: at its interval with jitter, sooner after a failure, later where the source asks for it.</summary>
public sealed partial class FeedWorker(
    IFeed feed, IProducer<byte[], byte[]> producer, DeadLetters deadLetters, FeedStatusStore store, TimeProvider clock,
    ILogger<FeedWorker> logger)
{
    private const double JitterShare = 0.1;
    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(2);

    // Whatever a source asks for: it is looked at once a day.
    private static readonly TimeSpan RetryMax = TimeSpan.FromDays(1);

    private readonly FeedContract _contract = feed.Contract;
    private volatile FeedStatus _status = new(feed.Contract);

    public FeedStatus Status => _status;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(RetryMin < _contract.Interval ? RetryMin : _contract.Interval, _contract.Interval);
        while (true)
        {
            var pause = await PollAsync(backoff, cancellation).ConfigureAwait(false);
            await ReportAsync(cancellation).ConfigureAwait(false);
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> PollAsync(Backoff backoff, CancellationToken cancellation)
    {
        try
        {
            var events = await feed.PollAsync(cancellation).ConfigureAwait(false);
            var newest = await PublishAsync(events ?? [], cancellation).ConfigureAwait(false);
            feed.Accept();
            backoff.Reset();
            _status = _status with { LastSuccess = clock.GetUtcNow(), LastEvent = newest ?? _status.LastEvent, Failure = null };
            return _contract.Interval * (1 + (JitterShare * (Random.Shared.NextDouble() - 0.5)));
        }
        catch (FeedUnavailableException e)
        {
            Failed(e.Message);
            return PauseOf(backoff.Next(), e.RetryAfter);
        }
        catch (RetriableException e)
        {
            Failed(e.Message);
            return backoff.Next();
        }
        catch (FeedRefusedException e)
        {
            Failed(e.Message);
            return _contract.Interval;
        }
        catch (Exception e) when (e is not (OperationCanceledException or FatalException))
        {
            // An answer that nobody thought of ends neither this feed nor the others.
            Log.Unexpected(logger, e, _contract.Name);
            Failed(e.Message);
            return _contract.Interval;
        }
    }

    /// <summary>The longer of our own pause and what the source asks for, within reason.</summary>
    internal static TimeSpan PauseOf(TimeSpan own, TimeSpan? asked) =>
        asked > RetryMax ? RetryMax : asked > own ? asked.Value : own;

    private async Task<DateTimeOffset?> PublishAsync(IReadOnlyList<FeedEvent> events, CancellationToken cancellation)
    {
        DateTimeOffset? newest = null;
        var published = new List<Task>(events.Count);
        foreach (var item in events)
        {
            if (item.Fault is { } fault)
            {
                await deadLetters.PublishAsync(_contract.Topic, item.Key, item.Value, fault, $"ingestion {_contract.Name}", cancellation).ConfigureAwait(false);
                continue;
            }
            published.Add(producer.ProduceAsync(_contract.Topic, new() { Key = item.Key!, Value = item.Value }, cancellation));
            if (newest is null || item.TimeUtc > newest) newest = item.TimeUtc;
        }
        try
        {
            await Task.WhenAll(published).ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"Kafka does not take {_contract.Topic}: {e.Error.Reason}", e);
        }
        IngestionTelemetry.FeedEvents.Add(published.Count, new KeyValuePair<string, object?>("feed", _contract.Name));
        if (published.Count > 0) Log.Polled(logger, _contract.Name, published.Count);
        return newest;
    }

    private void Failed(string reason)
    {
        IngestionTelemetry.FeedFailures.Add(1, new KeyValuePair<string, object?>("feed", _contract.Name));
        // Once loudly, then quietly until it works again.
        if (_status.Failure is null) Log.Failed(logger, _contract.Name, reason);
        else Log.StillFailing(logger, _contract.Name, reason);
        _status = _status with { LastFailure = clock.GetUtcNow(), Failure = reason };
    }

    private async Task ReportAsync(CancellationToken cancellation)
    {
        try
        {
            await store.WriteAsync(_status, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            Log.NotReported(logger, _contract.Name, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Feed {Feed}: {Count} events")]
        public static partial void Polled(ILogger logger, string feed, int count);

        [LoggerMessage(LogLevel.Warning, "Feed {Feed} fails: {Reason}")]
        public static partial void Failed(ILogger logger, string feed, string reason);

        [LoggerMessage(LogLevel.Error, "Feed {Feed} fails in a way that was not foreseen")]
        public static partial void Unexpected(ILogger logger, Exception exception, string feed);

        [LoggerMessage(LogLevel.Debug, "Feed {Feed} still fails: {Reason}")]
        public static partial void StillFailing(ILogger logger, string feed, string reason);

        [LoggerMessage(LogLevel.Warning, "The freshness of feed {Feed} cannot be written now: {Reason}")]
        public static partial void NotReported(ILogger logger, string feed, string reason);
    }
}
