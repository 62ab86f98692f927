using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Backfill;

/// <summary>
/// Fills one symbol's history into <c>crypto.trades</c>, where the ledger lacks it: the ledger is what makes it resumable, and
/// what decides when an id comes twice. Each piece that is missing becomes one gap with the cause <c>backfill</c>. Not for several threads.
/// </summary>
public sealed class HistoryBackfill
{
    private readonly TrackedSymbol _symbol;
    private readonly BinanceRest _rest;
    private readonly TradeHistory _history;
    private readonly TradePublisher _publisher;
    private readonly CoverageReporter _reporter;
    private readonly RepairWorker _worker;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    public HistoryBackfill(
        Instrument instrument, BinanceRest rest, IProducer<byte[], byte[]> producer, IngestionOptions options, TimeProvider clock, ILoggerFactory loggers)
    {
        (_rest, _clock, _logger) = (rest, clock, loggers.CreateLogger<HistoryBackfill>());
        var symbols = new SymbolTable([instrument]);
        _symbol = symbols.All[0];
        _history = new TradeHistory(rest, options.RepairWith == "aggregates", loggers.CreateLogger<TradeHistory>());
        _publisher = new TradePublisher(producer, Microsoft.Extensions.Options.Options.Create(options), loggers.CreateLogger<TradePublisher>());
        _reporter = new CoverageReporter(_publisher, clock, loggers.CreateLogger<CoverageReporter>());
        _worker = new RepairWorker(new RepairQueue(), _history, _publisher, _reporter, new MarketTime(MarketClock.Now, symbols, clock), options,
            clock, loggers.CreateLogger<RepairWorker>());
    }

    /// <summary>Ids that are still to be sent.</summary>
    public long Missing => _symbol.Sequence.MissingCount;

    /// <summary>Ids that could not be had; the ledger has the cause.</summary>
    public IReadOnlyList<IdRange> GivenUp => _symbol.Sequence.GivenUpWithin(new IdRange(0, long.MaxValue - 1));

    /// <summary>The exchange's ids of a span of time; null where it has none. Asks until it is answered.</summary>
    /// <exception cref="ExchangeRefusedException">Not to us.</exception>
    /// <exception cref="ExchangeRequestException">It does not know the symbol.</exception>
    public Task<IdRange?> IdsOfAsync(TimeSpanUs span, CancellationToken cancellation) => UntilAnsweredAsync(async () =>
    {
        var name = _symbol.Instrument.Symbol;
        if (await _rest.NewestAsync(name, cancellation).ConfigureAwait(false) is not { } newest) return (IdRange?)null;
        if (await _history.FirstIdSinceAsync(name, span.FromUs ?? 0, newest, cancellation).ConfigureAwait(false) is not { } first) return null;
        var end = span.ToUs is { } toUs ? await _history.FirstIdSinceAsync(name, toUs, newest, cancellation).ConfigureAwait(false) : null;
        var last = end - 1 ?? newest.LastId;
        return first <= last ? new IdRange(first, last) : null;
    }, cancellation);

    /// <summary>One answer's worth of single trades from an id on, ascending. Asks until it is answered.</summary>
    /// <exception cref="ExchangeRefusedException">Not to us.</exception>
    /// <exception cref="ExchangeRequestException">It gives no single trades.</exception>
    public Task<RestTrade[]> SinglesFromAsync(long fromId, CancellationToken cancellation) => UntilAnsweredAsync(
        () => _rest.HistoricalTradesAsync(_symbol.Instrument.Symbol, fromId, _rest.Endpoints.HistoricalTradesMax, cancellation), cancellation);

    /// <summary>Fetches over REST what the ledger lacks of the ids. Pauses and retries are those of a repair.</summary>
    public async Task FetchAsync(IdRange ids, IdRangeSet covered, CancellationToken cancellation)
    {
        foreach (var gap in Mark(ids, covered)) await _worker.RepairAsync(_symbol, gap, cancellation).ConfigureAwait(false);
        await _publisher.Gate.DrainAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends what the ledger lacks of a file's rows.</summary>
    /// <param name="file">The file.</param>
    /// <param name="span">Which rows of it.</param>
    /// <param name="ids">The ids that these rows lie between.</param>
    /// <param name="covered">What the ledger has.</param>
    /// <param name="cancellation">Ends it; the rest is for the next run.</param>
    public async Task SendAsync(ArchiveFile file, TimeSpanUs span, IdRange ids, IdRangeSet covered, CancellationToken cancellation)
    {
        var gaps = Mark(ids, covered);
        foreach (var gap in gaps) await _reporter.FoundAsync(_symbol, gap, cancellation).ConfigureAwait(false);
        var scratch = new byte[_symbol.Encoder.LengthMax];
        foreach (var row in file.Read().Where(span.Contains))
        {
            if (!_symbol.Sequence.TryTake(new IdRange(row.Id, row.LastId))) continue;
            if (!row.IsTrade)
            {
                await _reporter.VoidAsync(_symbol, new IdRange(row.Id, row.LastId), "zero price", cancellation).ConfigureAwait(false);
                continue;
            }
            var length = _symbol.Encoder.Encode(row.Id, row.LastId, row.Price, row.Quantity, row.TimeUs, row.TimeUs,
                UnixTime.NowMicroseconds(_clock), row.IsBuyerMaker, TradeOrigin.Backfill, scratch);
            await _publisher.PublishAsync(_symbol, scratch.AsSpan(0, length).ToArray(), TradeOrigin.Backfill, cancellation).ConfigureAwait(false);
        }
        foreach (var gap in gaps) await CloseAsync(gap, file, cancellation).ConfigureAwait(false);
        await _publisher.Gate.DrainAsync(cancellation).ConfigureAwait(false);
    }

    private Task<T> UntilAnsweredAsync<T>(Func<Task<T>> request, CancellationToken cancellation) =>
        PatientRequest.AskAsync(_symbol, request, _clock, _logger, cancellation);

    private List<Gap> Mark(IdRange ids, IdRangeSet covered)
    {
        var nowUs = UnixTime.NowMicroseconds(_clock);
        return [.. covered.Outside(ids).SelectMany(_symbol.Sequence.MarkMissing).Select(
            missing => new Gap(missing, GapReasons.Backfill, TradeOrigin.Backfill, nowUs))];
    }

    private async Task CloseAsync(Gap gap, ArchiveFile file, CancellationToken cancellation)
    {
        var left = _symbol.Sequence.MissingWithin(gap.Range);
        foreach (var missing in left) _symbol.Sequence.GiveUp(missing);
        if (left.Count == 0) await _reporter.RepairedAsync(_symbol, gap, cancellation).ConfigureAwait(false);
        else
        {
            var cause = $"{left.Sum(missing => missing.Count)} of its {gap.Range.Count} trades are not in {Path.GetFileName(file.Path)}, or in an aggregate of which a part is stored";
            await _reporter.RefusedAsync(_symbol, gap.Range, cause, cancellation).ConfigureAwait(false);
        }
    }
}
