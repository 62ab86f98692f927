using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Repair;

/// <summary>
/// Repairs the gaps of the queue, several symbols at a time. A gap is announced after a grace in which the stream may still
/// fill it; then it is fetched until nothing is missing, or refused with the cause.
/// </summary>
public sealed class RepairWorker(
    RepairQueue queue, TradeHistory history, TradePublisher publisher, CoverageReporter reporter, MarketTime market,
    IngestionOptions options, TimeProvider clock, ILogger<RepairWorker> logger)
{
    // Trades may show in REST a moment after the stream brought their successors.
    private const int EmptyAnswersMax = 20;
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, options.RepairConcurrency).Select(_ => WorkAsync(cancellation)));

    private async Task WorkAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var symbol = await queue.NextAsync(cancellation).ConfigureAwait(false);
            try
            {
                await Task.Delay(options.GapGrace, clock, cancellation).ConfigureAwait(false);
                foreach (var gap in queue.TakeAll(symbol)) await RepairAsync(symbol, gap, cancellation).ConfigureAwait(false);
            }
            finally
            {
                queue.Done(symbol);
            }
        }
    }

    /// <summary>
    /// Repairs one gap to its end. A gap that the ledger knows keeps its one row; a new one gets a row per part that is missing by now.
    /// </summary>
    public async Task RepairAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        var parts = symbol.Sequence.MissingWithin(gap.Range).ConvertAll(missing => gap with { Range = missing });
        string? refusal = null;
        foreach (var part in parts)
        {
            var (young, tooOld) = await YoungAsync(symbol, part, cancellation).ConfigureAwait(false);
            refusal = tooOld ?? refusal;
            if (young is null) continue;
            if (!gap.IsAnnounced) await reporter.FoundAsync(symbol, young, cancellation).ConfigureAwait(false);
            var refused = await FillAsync(symbol, young, cancellation).ConfigureAwait(false);
            if (!gap.IsAnnounced) await CloseAsync(symbol, young, refused, cancellation).ConfigureAwait(false);
            refusal = refused ?? refusal;
        }
        if (gap.IsAnnounced) await CloseAsync(symbol, gap, refusal, cancellation).ConfigureAwait(false);
    }

    private async Task<(Gap? Young, string? TooOld)> YoungAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        if (!gap.MayBeOld) return (gap, null);
        string cause;
        IdRange old;
        Gap? young = null;
        try
        {
            young = await CutAsync(symbol, gap, cancellation).ConfigureAwait(false);
            if (young == gap) return (gap, null);
            cause = $"older than Ingestion:RepairMax ({options.RepairMax})";
            old = young is null ? gap.Range : new IdRange(gap.Range.First, young.Range.First - 1);
        }
        catch (Exception e) when (e is ExchangeRefusedException or ExchangeRequestException)
        {
            (cause, old) = (e.Message, gap.Range);
        }
        symbol.Sequence.GiveUp(old);
        if (!gap.IsAnnounced) await reporter.RefusedAsync(symbol, old, cause, cancellation).ConfigureAwait(false);
        return (young, cause);
    }

    /// <returns>Why ids were given up, or null where all of them are there.</returns>
    private async Task<string?> FillAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        var repair = new SymbolRepair(symbol, history, publisher, reporter, clock);
        var patience = new Backoff(PauseMin, TimeSpan.FromSeconds(1));
        var cause = "the exchange does not have these trades";
        try
        {
            for (var emptyAnswers = 0; emptyAnswers < EmptyAnswersMax;)
            {
                if (symbol.Sequence.MissingWithin(gap.Range).Count == 0) return repair.Refusal;
                if (await AskAsync(symbol, () => repair.StepAsync(gap, cancellation), cancellation).ConfigureAwait(false)) emptyAnswers = 0;
                else
                {
                    emptyAnswers++;
                    await Task.Delay(patience.Next(), clock, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is ExchangeRefusedException or ExchangeRequestException)
        {
            cause = e.Message;
        }
        foreach (var missing in symbol.Sequence.MissingWithin(gap.Range)) symbol.Sequence.GiveUp(missing);
        return cause;
    }

    // One row per gap: the ledger's ranges tell which of its ids are there, the row tells why the others are not.
    private Task CloseAsync(TrackedSymbol symbol, Gap gap, string? refusal, CancellationToken cancellation)
    {
        var refused = symbol.Sequence.GivenUpWithin(gap.Range).Sum(range => range.Count);
        return refused == 0
            ? reporter.RepairedAsync(symbol, gap, cancellation)
            : reporter.RefusedAsync(symbol, gap.Range, $"{refused} of its {gap.Range.Count} trades cannot be had: {refusal}", cancellation);
    }

    // The part of the gap that is young enough; null where nothing is.
    private async Task<Gap?> CutAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        var name = symbol.Instrument.Symbol;
        var first = await AskAsync(symbol, () => history.FirstFromAsync(name, gap.Range.First, cancellation), cancellation).ConfigureAwait(false);
        var limitUs = market.NowUs - (long)options.RepairMax.TotalMicroseconds;
        if (first is null || first.TimeUs >= limitUs) return gap;
        var last = await AskAsync(symbol, () => history.FirstFromAsync(name, gap.Range.Last, cancellation), cancellation).ConfigureAwait(false);
        var cut = last is null ? null : await AskAsync(
            symbol, () => history.FirstIdSinceAsync(name, limitUs, last, cancellation), cancellation).ConfigureAwait(false);
        if (cut is not { } keepFrom || keepFrom > gap.Range.Last) return null;
        return keepFrom <= gap.Range.First ? gap : gap with { Range = new IdRange(keepFrom, gap.Range.Last) };
    }

    private Task<T> AskAsync<T>(TrackedSymbol symbol, Func<Task<T>> request, CancellationToken cancellation) =>
        PatientRequest.AskAsync(symbol, request, clock, logger, cancellation);
}
