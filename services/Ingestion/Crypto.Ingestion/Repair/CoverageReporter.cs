using Crypto.Contracts;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Repair;

/// <summary>Says what happens to missing ids: in <c>crypto.coverage</c>, in the metrics and in the log.</summary>
public sealed class CoverageReporter(TradePublisher publisher, TimeProvider clock, ILogger<CoverageReporter> logger)
{
    private const int ReasonMax = 500;

    public async Task FoundAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        Count("found", gap.Reason);
        IngestionTelemetry.MissingIds.Add(gap.Range.Count);
        if (gap.Origin == TradeOrigin.Backfill)
            GapLog.Backfilling(logger, symbol.Instrument.Key, gap.Range.Count, gap.Range, gap.Reason);
        else GapLog.Found(logger, symbol.Instrument.Key, gap.Range.Count, gap.Range, gap.Reason);
        await PublishAsync(symbol, CoverageKind.GapFound, gap.Range, gap.Reason, gap.DetectedUs, cancellation).ConfigureAwait(false);
    }

    public async Task RepairedAsync(TrackedSymbol symbol, Gap gap, CancellationToken cancellation)
    {
        Count("repaired", gap.Reason);
        GapLog.Repaired(logger, symbol.Instrument.Key, gap.Range.Count, gap.Range, gap.Reason);
        await PublishAsync(symbol, CoverageKind.GapRepaired, gap.Range, gap.Reason, Now(), cancellation).ConfigureAwait(false);
    }

    public async Task RefusedAsync(TrackedSymbol symbol, IdRange range, string cause, CancellationToken cancellation)
    {
        Count("refused", cause);
        GapLog.Refused(logger, symbol.Instrument.Key, range.Count, range, cause);
        await PublishAsync(symbol, CoverageKind.GapRefused, range, cause, Now(), cancellation).ConfigureAwait(false);
    }

    public async Task VoidAsync(TrackedSymbol symbol, IdRange range, string reason, CancellationToken cancellation)
    {
        GapLog.Void(logger, symbol.Instrument.Key, range, reason);
        await PublishAsync(symbol, CoverageKind.Void, range, reason, Now(), cancellation).ConfigureAwait(false);
    }

    private static void Count(string state, string reason) =>
        IngestionTelemetry.Gaps.Add(1, new("state", state), new("reason", reason));

    private long Now() => UnixTime.NowMicroseconds(clock);

    private ValueTask PublishAsync(
        TrackedSymbol symbol, CoverageKind kind, IdRange range, string reason, long timeUs, CancellationToken cancellation) =>
        publisher.PublishAsync(
            symbol, new CoverageEvent(symbol.Instrument, kind, range.First, range.Last, Plain(reason), timeUs), cancellation);

    // A cause may quote what came from the network, and that may be anything.
    internal static string Plain(string words) =>
        string.Concat(words.Take(ReasonMax).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
}
