using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Ingestion.Backfill;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Market;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Sequencing;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Standalone.Commands;
using Crypto.Standalone.Hosting;
using Crypto.Storage.Trades;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Standalone.Backfill;

/// <summary>One instrument's backfill into a running system: the exchange, the broker, and the API that tells what is stored.</summary>
internal sealed class BackfillSession : IDisposable
{
    private static readonly TimeSpan StoredWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private readonly Instrument _instrument;
    private readonly bool _mayBeRecorded;
    private readonly HttpClient _api;
    private readonly HttpClient _exchange = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ILoggerFactory _loggers;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly ExchangeEndpoints _endpoints;
    private readonly CoverageClient _coverage;
    private readonly HistoryBackfill _history;

    public BackfillSession(RunningSystem system, Instrument instrument)
    {
        (_instrument, _mayBeRecorded) = (instrument, system.Market is not null);
        _api = new HttpClient { BaseAddress = new Uri(system.Http!), Timeout = TimeSpan.FromSeconds(30) };
        _coverage = new CoverageClient(_api);
        // What an operator should know: waits, refusals. What is found and fetched, the progress tells.
        _loggers = LoggerFactory.Create(log =>
        {
            ReadableConsole.Configure(log);
            log.SetMinimumLevel(LogLevel.Warning).AddFilter("Crypto.Ingestion.Repair.CoverageReporter", LogLevel.Error);
        });
        var options = OptionsOf(system, instrument);
        _endpoints = ExchangeEndpoints.For(options);
        // Half of what a process may use: the system's own repairs come from the same address and go first.
        if (options.WeightPerMinute == 0) _endpoints = _endpoints with { WeightPerMinute = _endpoints.WeightPerMinute / 2 };
        var rest = new BinanceRest(_exchange, _endpoints, new WeightBudget(_endpoints.WeightPerMinute, TimeProvider.System), options.ApiKey,
            isMicroseconds: false, _loggers.CreateLogger<BinanceRest>());
        _producer = KafkaClients.BuildProducer(new KafkaOptions { BootstrapServers = system.Kafka! }, _loggers);
        _history = new HistoryBackfill(instrument, rest, _producer, options, TimeProvider.System, _loggers);
    }

    /// <summary>Over REST.</summary>
    /// <returns>The ids of the span; null where the exchange has none.</returns>
    public async Task<IdRange?> FetchAsync(TimeSpanUs span, CancellationToken cancellation)
    {
        if (await _history.IdsOfAsync(span, cancellation) is not { } ids) return null;
        await FillAsync(ids, covered => _history.FetchAsync(ids, covered, cancellation), cancellation);
        return ids;
    }

    /// <summary>From a file, which was read through before.</summary>
    public Task SendAsync(ArchiveFile file, TimeSpanUs span, IdRange ids, CancellationToken cancellation) =>
        FillAsync(ids, covered => _history.SendAsync(file, span, ids, covered, cancellation), cancellation);

    /// <summary>Files hold the real exchange's ids; a recording that repeats itself around the present has others.</summary>
    /// <exception cref="UsageException">They do not belong together.</exception>
    public async Task RequireRealIdsAsync(CancellationToken cancellation)
    {
        if (!_mayBeRecorded) return;
        var market = await new MarketStatusClient(_exchange, _endpoints, _instrument.Venue).AskAsync(cancellation);
        if (market.IsRecorded && market.Source.Clock == MarketClock.Now)
            throw new UsageException("--file: the system plays a recording at the present time, whose ids are not the exchange's; start it with --clock original");
    }

    /// <summary>Single trades in the place of the aggregates that are stored of the ids; from the file, or over REST without one.</summary>
    /// <returns>How many aggregates there were, and how many were replaced.</returns>
    public async Task<(int Found, int Replaced)> ReplaceAsync(IdRange ids, ArchiveFile? file, string postgres, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(postgres);
        var store = new AggregateReplacement(database, new InstrumentStore(database));
        var found = await store.FindAsync(_instrument, new Storage.Ledger.IdRange(ids.First, ids.Last), cancellation);
        if (found.Count == 0) return (0, 0);
        var swap = new AggregateSwap(store, _instrument, TimeProvider.System);
        var bar = new ProgressBar("aggregates", Console.Out, !Console.IsOutputRedirected);
        void Show(int done) => bar.Show(done, found.Count);
        if (file is null) await swap.FetchAsync(found, _history, Show, cancellation);
        else await swap.ReadAsync(found, file, Show, cancellation);
        bar.End();
        return (found.Count, swap.Replaced);
    }

    /// <summary>Ids that cannot be had.</summary>
    public long GivenUp => _history.GivenUp.Sum(range => range.Count);

    public void Dispose()
    {
        _producer.Flush(TimeSpan.FromSeconds(5));
        _producer.Dispose();
        _exchange.Dispose();
        _api.Dispose();
        _loggers.Dispose();
    }

    private static IngestionOptions OptionsOf(RunningSystem system, Instrument instrument)
    {
        var options = new IngestionOptions();
        new ConfigurationBuilder().AddEnvironmentVariables("CRYPTO_").Build().GetSection(IngestionOptions.Section).Bind(options);
        (options.Venue, options.MarketUrl) = (instrument.Venue, system.Market ?? "");
        return options;
    }

    private async Task FillAsync(IdRange ids, Func<IdRangeSet, Task> fill, CancellationToken cancellation)
    {
        var covered = await _coverage.CoveredAsync(_instrument, cancellation);
        var total = covered.Outside(ids).Sum(range => range.Count);
        Console.WriteLine($"{_instrument.Key}: ids {ids}, of which {ids.Count - total:N0} are stored already and {total:N0} are missing");
        if (total == 0) return;
        var bar = new ProgressBar("trades", Console.Out, !Console.IsOutputRedirected);
        var filling = fill(covered);
        while (await Task.WhenAny(filling, Task.Delay(LookEvery, cancellation)) != filling && !cancellation.IsCancellationRequested)
            bar.Show(total - _history.Missing, total);
        await filling;
        bar.Show(total, total);
        bar.End();
        await UntilStoredAsync(ids, cancellation);
    }

    private async Task UntilStoredAsync(IdRange ids, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StoredWithin);
        try
        {
            var givenUp = new IdRangeSet();
            foreach (var range in _history.GivenUp) givenUp.Add(range);
            while ((await _coverage.CoveredAsync(_instrument, patience.Token)).Outside(ids).Exists(range => !givenUp.ContainsAll(range)))
                await Task.Delay(LookEvery, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new UsageException($"everything was sent to Kafka, and after {StoredWithin.TotalMinutes:0} minutes it is not stored: does the storage role run?");
        }
    }
}
