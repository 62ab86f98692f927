using Crypto.Contracts;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Ingestion.Ledger;

/// <summary>
/// Compares the ledger with what this process published: when storage has passed the logs' ends, an id that was published
/// and is not covered got lost on the way (a broker's deleted folder, say), and is fetched again.
/// </summary>
public sealed partial class Auditor(
    TradePublisher publisher, StorageProgress progress, LedgerReader ledger, RepairQueue repairs, IngestionOptions options,
    TimeProvider clock, ILogger<Auditor> logger)
{
    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(IReadOnlyList<TrackedSymbol> symbols, CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(options.AuditEvery, clock, cancellation).ConfigureAwait(false);
            try
            {
                await AuditAsync(symbols, cancellation).ConfigureAwait(false);
            }
            catch (NpgsqlException e)
            {
                Log.Postponed(logger, e.Message);
            }
        }
    }

    /// <summary>One comparison of all symbols; waits until storage is so far.</summary>
    /// <returns>The number of ids that were published and are not stored.</returns>
    public async Task<long> AuditAsync(IReadOnlyList<TrackedSymbol> symbols, CancellationToken cancellation)
    {
        var published = symbols.ToDictionary(symbol => symbol, symbol => symbol.Sequence.PublishedUpTo(symbol.Sequence.Newest));
        var lacking = await LackingAsync(published, cancellation).ConfigureAwait(false);
        if (lacking.Count == 0) return 0;
        // Twice, since an id counts as published when it is taken; its record may only have reached the gate after the drain.
        lacking = await LackingAsync(lacking, cancellation).ConfigureAwait(false);
        return lacking.Sum(found => FetchAgain(found.Key, found.Value));
    }

    // Of the ids, those that the ledger lacks although storage has come as far as the log reaches now.
    private async Task<Dictionary<TrackedSymbol, IdRangeSet>> LackingAsync(
        Dictionary<TrackedSymbol, IdRangeSet> published, CancellationToken cancellation)
    {
        await publisher.Gate.DrainAsync(cancellation).ConfigureAwait(false);
        var ends = await progress.NoteEndsAsync(cancellation).ConfigureAwait(false);
        await progress.WaitForAsync(ends, cancellation).ConfigureAwait(false);
        var lacking = new Dictionary<TrackedSymbol, IdRangeSet>();
        foreach (var (symbol, ids) in published)
        {
            if (ids.IsEmpty) continue;
            var known = await ledger.ReadAsync(symbol.Instrument, cancellation).ConfigureAwait(false);
            var uncovered = new IdRangeSet();
            foreach (var range in ids.Ranges.SelectMany(known.Covered.Outside)) uncovered.Add(range);
            if (!uncovered.IsEmpty) lacking[symbol] = uncovered;
        }
        return lacking;
    }

    private long FetchAgain(TrackedSymbol symbol, IdRangeSet lacking)
    {
        var lost = 0L;
        var nowUs = UnixTime.NowMicroseconds(clock);
        foreach (var missing in lacking.Ranges.SelectMany(symbol.Sequence.MarkMissing))
        {
            lost += missing.Count;
            Log.Lost(logger, symbol.Instrument.Key, missing.Count, missing);
            repairs.Add(symbol, new Gap(missing, GapReasons.NotStored, TradeOrigin.Repair, nowUs));
        }
        return lost;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "{Symbol}: {Count} trades ({Range}) were published and never stored; fetching them again")]
        public static partial void Lost(ILogger logger, string symbol, long count, IdRange range);

        [LoggerMessage(LogLevel.Warning, "The ledger cannot be audited now: {Reason}")]
        public static partial void Postponed(ILogger logger, string reason);
    }
}
