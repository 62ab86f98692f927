using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Aggregation.Running;

/// <summary>The role: reads trades and coverage events, and looks after the candles when nothing comes.</summary>
public sealed partial class AggregationService(
    IOptions<AggregationOptions> options, IOptions<KafkaOptions> kafka, KafkaTopics topics, AggregationHandler handler, IdleWork idle,
    MarketTime market, MarketSourceStore sources, TimeProvider clock, ILogger<AggregationService> logger) : BackgroundService
{
    private const string Group = "crypto-aggregation";

    private static readonly TimeSpan MarkTimer = TimeSpan.FromSeconds(1);

    private readonly AggregationOptions _options = options.Value;
    private string? _idleFailure;

    /// <summary>The consumer's state; null before the start.</summary>
    public ConsumerStatus? Consumer { get; private set; }

    /// <summary>Why the timers cannot do their work, or null.</summary>
    public string? IdleFailure => Volatile.Read(ref _idleFailure);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var consumer = new BatchConsumer(new BatchConsumerOptions
        {
            Name = "aggregation",
            Group = Group,
            Topics = [Topics.Trades, Topics.Coverage],
            MemberId = _options.MemberId ?? BatchConsumerOptions.DefaultMemberId(Group),
            SessionTimeout = _options.SessionTimeout,
            MaxRecords = _options.MaxBatchRecords,
            Linger = _options.Linger,
        }, kafka.Value, topics, handler, clock, logger);
        Consumer = consumer.Status;
        await Task.WhenAll(
            consumer.RunAsync(stoppingToken),
            RepeatAsync(_options.IdleTimer, TickAsync, stoppingToken),
            RepeatAsync(_options.SweepTimer, idle.SweepAsync, stoppingToken),
            RepeatAsync(MarkTimer, idle.MarkAsync, stoppingToken)).ConfigureAwait(false);
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        market.Source ??= await sources.ReadAsync(cancellation).ConfigureAwait(false);
        await idle.ReadMarketTimeAsync(cancellation).ConfigureAwait(false);
        await idle.TickAsync(cancellation).ConfigureAwait(false);
    }

    private async Task RepeatAsync(TimeSpan period, Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false)) await TryAsync(work, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation).ConfigureAwait(false);
            Volatile.Write(ref _idleFailure, null);
        }
        catch (FencedException e)
        {
            // A partition is on its way to another process, or came from one; memory is read anew.
            Log.Fenced(logger, e.Message);
        }
        catch (Exception e) when (e is NpgsqlException or RetriableException or TimeoutException)
        {
            if (Interlocked.Exchange(ref _idleFailure, e.Message) is null) Log.DatabaseAway(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Candles are not looked after for now: {Reason}")]
        public static partial void DatabaseAway(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "Candles were written by another process: {Reason}")]
        public static partial void Fenced(ILogger logger, string reason);
    }
}
