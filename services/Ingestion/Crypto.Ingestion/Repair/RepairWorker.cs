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
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

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

    private async Task RepairAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        foreach (var missing in symbol.Sequence.MissingWithin(gap.Range))
        {
            var part = gap with { Range = missing, IsAnnounced = gap.IsAnnounced && missing == gap.Range };
            try
            {
                await RepairPartAsync(symbol, part, cancellation).ConfigureAwait(false);
            }
            catch (ExchangeRefusedException e)
            {
                await RefuseAsync(symbol, part.Range, e.Message, cancellation).ConfigureAwait(false);
            }
            catch (ExchangeRequestException e)
            {
                await RefuseAsync(symbol, part.Range, e.Message, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task RepairPartAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        if (gap.MayBeOld) gap = await CutAsync(symbol, gap, cancellation).ConfigureAwait(false) is { } young ? young : gap with { Range = default };
        if (gap.Range == default) return;
        if (!gap.IsAnnounced) await reporter.FoundAsync(symbol, gap, cancellation).ConfigureAwait(false);
        var repair = new SymbolRepair(symbol, history, publisher, reporter, clock);
        var patience = new Backoff(PauseMin, TimeSpan.FromSeconds(1));
        for (var emptyAnswers = 0; emptyAnswers < EmptyAnswersMax;)
        {
            if (symbol.Sequence.MissingWithin(gap.Range).Count == 0)
            {
                await SettleAsync(symbol, gap, cancellation).ConfigureAwait(false);
                return;
            }
            if (await AskAsync(symbol, () => repair.StepAsync(gap, cancellation), cancellation).ConfigureAwait(false)) emptyAnswers = 0;
            else
            {
                emptyAnswers++;
                await Task.Delay(patience.Next(), clock, cancellation).ConfigureAwait(false);
            }
        }
        await RefuseAsync(symbol, gap.Range, "the exchange does not have these trades", cancellation).ConfigureAwait(false);
    }

    // Refused parts have told so themselves; a gap is only called repaired where all of it is.
    private async Task SettleAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        if (symbol.Sequence.HasGivenUpAnyOf(gap.Range)) return;
        await reporter.RepairedAsync(symbol, gap, cancellation).ConfigureAwait(false);
    }

    // What is older than the limit is refused; answers with the younger part, or null where nothing is left.
    private async Task<Gap?> CutAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        var name = symbol.Instrument.Symbol;
        var first = await AskAsync(symbol, () => history.FirstFromAsync(name, gap.Range.First, cancellation), cancellation).ConfigureAwait(false);
        var limitUs = market.NowUs - (long)options.RepairMax.TotalMicroseconds;
        if (first is null || first.TimeUs >= limitUs) return gap;
        var last = await AskAsync(symbol, () => history.FirstFromAsync(name, gap.Range.Last, cancellation), cancellation).ConfigureAwait(false);
        var cut = last is null ? null : await AskAsync(
            symbol, () => history.FirstIdSinceAsync(name, limitUs, last, cancellation), cancellation).ConfigureAwait(false);
        var keepFrom = Math.Max(cut ?? gap.Range.Last + 1, gap.Range.First);
        if (keepFrom > gap.Range.First)
            await RefuseAsync(symbol, new IdRange(gap.Range.First, Math.Min(keepFrom - 1, gap.Range.Last)),
                $"older than Ingestion:RepairMax ({options.RepairMax})", cancellation).ConfigureAwait(false);
        return keepFrom > gap.Range.Last ? null : gap with { Range = new IdRange(keepFrom, gap.Range.Last), IsAnnounced = false };
    }

    private async Task RefuseAsync(TrackedSymbol symbol, IdRange range, string cause, CancellationToken cancellation)
    {
        foreach (var missing in symbol.Sequence.MissingWithin(range))
        {
            symbol.Sequence.GiveUp(missing);
            await reporter.RefusedAsync(symbol, missing, cause, cancellation).ConfigureAwait(false);
        }
    }

    // Repeats a request until the exchange answers it.
    private async Task<T> AskAsync<T>(TrackedSymbol symbol, Func<Task<T>> request, CancellationToken cancellation)
    {
        var backoff = new Backoff(PauseMin, PauseMax);
        while (true)
        {
            TimeSpan pause;
            try
            {
                return await request().ConfigureAwait(false);
            }
            catch (ExchangeUnavailableException e)
            {
                pause = e.RetryAfter ?? backoff.Next();
                GapLog.Waiting(logger, symbol.Instrument.Key, pause, e.Message);
            }
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
        }
    }
}
