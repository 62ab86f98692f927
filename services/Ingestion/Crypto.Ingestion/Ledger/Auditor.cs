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
        await publisher.Gate.DrainAsync(cancellation).ConfigureAwait(false);
        var ends = await progress.NoteEndsAsync(cancellation).ConfigureAwait(false);
        await progress.WaitForAsync(ends, cancellation).ConfigureAwait(false);
        var lost = 0L;
        foreach (var (symbol, ids) in published)
        {
            if (ids.IsEmpty) continue;
            var known = await ledger.ReadAsync(symbol.Instrument, cancellation).ConfigureAwait(false);
            lost += Compare(symbol, ids, known);
        }
        return lost;
    }

    private long Compare(TrackedSymbol symbol, IdRangeSet published, SymbolLedger known)
    {
        var lost = 0L;
        var nowUs = UnixTime.NowMicroseconds(clock);
        foreach (var uncovered in published.Ranges.SelectMany(known.Covered.Outside))
        {
            foreach (var missing in symbol.Sequence.MarkMissing(uncovered))
            {
                lost += missing.Count;
                Log.Lost(logger, symbol.Instrument.Key, missing.Count, missing);
                repairs.Add(symbol, new Gap(missing, GapReasons.NotStored, TradeOrigin.Repair, nowUs));
            }
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
