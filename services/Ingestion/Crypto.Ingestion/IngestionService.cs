using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Health;
using Crypto.Ingestion.Ledger;
using Crypto.Ingestion.Market;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Repair;
using Crypto.Kafka;
using Crypto.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Ingestion;

/// <summary>The role: finds out what the market is, makes sure that the store holds no other, then ingests until stopped.</summary>
public sealed partial class IngestionService(
    IOptions<IngestionOptions> options, IHttpClientFactory http, TradePublisher publisher, DeadLetters deadLetters, KafkaTopics topics,
    LedgerReader ledger, StorageProgress progress, NpgsqlDataSource dataSource, TimeProvider clock, ILoggerFactory loggers)
    : BackgroundService
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "Crypto.Ingestion";

    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(5);
    private readonly ILogger _logger = loggers.CreateLogger<IngestionService>();
    private volatile IngestionRun? _run;
    private volatile string? _waitsFor = "the market";

    private readonly TaskCompletionSource<(BinanceRest, IReadOnlyList<Instrument>)> _market = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// The instruments that are ingested, once the market has said what it has, and its REST: one budget of weight for whoever asks.
    /// </summary>
    internal Task<(BinanceRest Exchange, IReadOnlyList<Instrument> Instruments)> Market => _market.Task;

    /// <summary>How it is doing.</summary>
    public IngestionReport Report()
    {
        if (_run is not { } run)
            return new("unknown", 0, 0, 0, publisher.Gate.Count, 0, false, options.Value.StaleAfter, $"waits for {_waitsFor}");
        return new(run.Market.State, run.Symbols.All.Count, run.StartedUs, run.Intake.LastFrameUs, publisher.Gate.Count,
            run.Symbols.All.Sum(symbol => symbol.Sequence.MissingCount), run.Resume.IsDone, options.Value.StaleAfter, run.Failure);
    }

    /// <summary>Asks the exchange for every id that the ledger lacks between its first and its last.</summary>
    /// <returns>How many ids were queued; null while the role is not running yet.</returns>
    public async Task<long?> RepairAsync(CancellationToken cancellation) =>
        _run is { } run ? await run.OnDemand.RepairAsync(run.Symbols.All, cancellation).ConfigureAwait(false) : null;

    /// <summary>Fetches the trades of <paramref name="span"/> before the oldest stored one.</summary>
    /// <returns>How many ids were queued; null while the role is not running yet.</returns>
    public async Task<long?> BackfillAsync(TimeSpan span, CancellationToken cancellation) =>
        _run is { } run ? await run.OnDemand.BackfillAsync(run.Symbols.All, span, cancellation).ConfigureAwait(false) : null;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        var left = await Task.Run(() => publisher.Flush(FlushTimeout), CancellationToken.None).ConfigureAwait(false);
        if (left > 0) Log.NotFlushed(_logger, left);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var endpoints = ExchangeEndpoints.For(options.Value);
            var budget = new WeightBudget(endpoints.WeightPerMinute, clock);
            IngestionTelemetry.Observe("crypto.ingestion.rest_weight", "{weight}", "REST weight used this minute", () => budget.Used);
            IngestionTelemetry.Observe("crypto.ingestion.in_flight", "{record}", "Records not yet acknowledged", () => publisher.Gate.Count);
            var client = http.CreateClient(HttpClientName);
            var rest = new BinanceRest(client, endpoints, budget, options.Value.ApiKey,
                options.Value is { TimeUnit: "microsecond", Venue: Venues.Binance }, loggers.CreateLogger<BinanceRest>());
            var status = new MarketStatusClient(client, endpoints, options.Value.Venue);
            var market = await UntilDoneAsync("the market", status.AskAsync, stoppingToken).ConfigureAwait(false);
            await UntilDoneAsync("the database", token => ClaimStoreAsync(market.Source, token), stoppingToken).ConfigureAwait(false);
            _waitsFor = "Kafka";
            await topics.EnsureAsync(stoppingToken).ConfigureAwait(false);
            var ends = await progress.NoteEndsAsync(stoppingToken).ConfigureAwait(false);
            var run = new IngestionRun(
                market, status, rest, options.Value, publisher, deadLetters, ledger, progress, ends, dataSource, clock, loggers);
            Log.Starting(_logger, run.Symbols.All.Count, market.Source, endpoints.Stream);
            _run = run;
            _market.TrySetResult((rest, [.. run.Symbols.All.Select(symbol => symbol.Instrument)]));
            await run.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Stopped(_logger);
        }
        catch (FatalException e)
        {
            Log.Fatal(_logger, e.Message);
            throw;
        }
    }

    // The schema may not be there yet, where storage starts at the same moment or in another process.
    private async Task<bool> ClaimStoreAsync(MarketSource source, CancellationToken cancellation)
    {
        await SchemaMigrator.MigrateAsync(dataSource, cancellation).ConfigureAwait(false);
        await new MarketSourceStore(dataSource).EnsureAsync(source, cancellation).ConfigureAwait(false);
        return true;
    }

    private async Task<T> UntilDoneAsync<T>(string what, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellation)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        while (true)
        {
            try
            {
                return await attempt(cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ExchangeUnavailableException or NpgsqlException)
            {
                var waitsFor = $"{what}: {e.Message}";
                // An exchange that cannot be reached for a night is one line, not thousands; health says it all the while.
                if (_waitsFor != waitsFor) Log.Waiting(_logger, what, e.Message);
                _waitsFor = waitsFor;
            }
            await Task.Delay(backoff.Next(), clock, cancellation).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Ingesting {Symbols} symbols of {Market} from {Url}")]
        public static partial void Starting(ILogger logger, int symbols, MarketSource market, string url);

        [LoggerMessage(LogLevel.Warning, "Ingestion waits for {What}: {Reason}")]
        public static partial void Waiting(ILogger logger, string what, string reason);

        [LoggerMessage(LogLevel.Information, "Ingestion stopped")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(LogLevel.Critical, "Ingestion stops: {Reason}")]
        public static partial void Fatal(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "{Count} records were not acknowledged at the end; the next start fetches them again")]
        public static partial void NotFlushed(ILogger logger, int count);
    }
}
