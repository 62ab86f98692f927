using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Frames;
using Crypto.Ingestion.Ledger;
using Crypto.Ingestion.Market;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Crypto.Ingestion.Streams;
using Crypto.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Ingestion;

/// <summary>Everything of one run, made when the market and its symbols are known.</summary>
internal sealed class IngestionRun
{
    private readonly LogEnds _endsAtStart;
    private readonly RepairWorker _repairs;
    private readonly Auditor _auditor;
    private readonly MarketWatch _watch;

    public IngestionRun(
        MarketState market, MarketStatusClient status, BinanceRest rest, IngestionOptions options, TradePublisher publisher,
        DeadLetters deadLetters, LedgerReader ledger, StorageProgress progress, LogEnds endsAtStart, NpgsqlDataSource dataSource,
        TimeProvider clock, ILoggerFactory loggers)
    {
        _endsAtStart = endsAtStart;
        Symbols = new SymbolTable(SymbolList.Choose(options, market.Symbols));
        _watch = new MarketWatch(status, market, clock);
        var queue = new RepairQueue();
        var history = new TradeHistory(rest, options.RepairWith == "aggregates", loggers.CreateLogger<TradeHistory>());
        var time = new MarketTime(market.Source.Clock, Symbols, clock);
        var reporter = new CoverageReporter(publisher, clock, loggers.CreateLogger<CoverageReporter>());
        var newest = new NewestIds(rest, queue, () => !publisher.Gate.HasRoom, options.QuietFor, clock, loggers.CreateLogger<NewestIds>());
        var pace = new SubscriptionPace(clock);
        var url = $"{rest.Endpoints.Stream}/stream{(options is { TimeUnit: "microsecond", Venue: Venues.Binance } ? "?timeUnit=MICROSECOND" : "")}";
        Intake = new FrameIntake(Symbols, publisher, deadLetters, reporter, queue, clock, loggers.CreateLogger<FrameIntake>());
        Groups = [.. Symbols.All.Chunk(options.StreamsPerConnection).Select(symbols => new StreamGroup(
            url, symbols, Intake, newest, pace, options, () => _watch.State.IsOver, clock, loggers.CreateLogger<StreamGroup>()))];
        _repairs = new RepairWorker(queue, history, publisher, reporter, time, options, clock, loggers.CreateLogger<RepairWorker>());
        Resume = new Resume(ledger, progress, rest, history, queue, time, options, clock, loggers.CreateLogger<Resume>());
        _auditor = new Auditor(publisher, progress, ledger, queue, options, clock, loggers.CreateLogger<Auditor>());
        OnDemand = new OnDemand(ledger, dataSource, rest, history, queue, clock);
        StartedUs = UnixTime.NowMicroseconds(clock);
    }

    public SymbolTable Symbols { get; }

    public FrameIntake Intake { get; }

    public IReadOnlyList<StreamGroup> Groups { get; }

    public Resume Resume { get; }

    public OnDemand OnDemand { get; }

    public long StartedUs { get; }

    public MarketState Market => _watch.State;

    /// <summary>Why there is no connection at all, or the market does not answer; null while all is well.</summary>
    public string? Failure =>
        Groups.Any(group => group.IsConnected) ? null : Groups[0].LastFailure ?? _watch.Failure;

    /// <summary>Runs until cancelled, or until one part fails for good.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> parts =
        [
            .. Groups.Select(group => group.RunAsync(ended.Token)),
            _repairs.RunAsync(ended.Token),
            ResumeAndAuditAsync(ended.Token),
            _watch.RunAsync(ended.Token),
        ];
        while (parts.Count > 0)
        {
            var first = await Task.WhenAny(parts).ConfigureAwait(false);
            parts.Remove(first);
            if (first.IsCompletedSuccessfully) continue;
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first.ConfigureAwait(false);
        }
    }

    private async Task ResumeAndAuditAsync(CancellationToken cancellation)
    {
        await Resume.RunAsync(Symbols.All, _endsAtStart, cancellation).ConfigureAwait(false);
        await _auditor.RunAsync(Symbols.All, cancellation).ConfigureAwait(false);
    }
}
