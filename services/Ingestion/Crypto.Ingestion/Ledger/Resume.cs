using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Ingestion.Ledger;

/// <summary>
/// Picks up where the last life of this process ended: once storage has stored everything that was published before, ids
/// that the ledger lacks below the first one of this life are missing. Live frames flow meanwhile.
/// </summary>
public sealed partial class Resume(
    LedgerReader ledger, StorageProgress progress, BinanceRest rest, TradeHistory history, RepairQueue repairs, MarketTime market,
    IngestionOptions options, TimeProvider clock, ILogger<Resume> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>True when every symbol is compared with the ledger.</summary>
    public bool IsDone { get; private set; }

    /// <param name="symbols">The symbols, whose streams are being opened.</param>
    /// <param name="ends">Where the logs ended before this life published anything.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task RunAsync(IReadOnlyList<TrackedSymbol> symbols, LogEnds ends, CancellationToken cancellation)
    {
        await progress.WaitForAsync(ends, cancellation).ConfigureAwait(false);
        foreach (var symbol in symbols)
        {
            while (!await TryResumeAsync(symbol, cancellation).ConfigureAwait(false))
                await Task.Delay(Pause, clock, cancellation).ConfigureAwait(false);
        }
        IsDone = true;
        Log.Done(logger, symbols.Count);
    }

    private async Task<bool> TryResumeAsync(TrackedSymbol symbol, CancellationToken cancellation)
    {
        try
        {
            var known = await ledger.ReadAsync(symbol.Instrument, cancellation).ConfigureAwait(false);
            // Neither a frame nor an answer of REST yet: nobody can say up to where something is missing.
            if (symbol.Sequence.First < 0) return false;
            foreach (var refused in known.Refused.Ranges) symbol.Sequence.GiveUp(refused);
            if (await FirstWantedAsync(symbol, known, cancellation).ConfigureAwait(false) is { } first) Compare(symbol, known, first);
            if (!known.Covered.IsEmpty)
                symbol.Sequence.Extend(new IdRange(known.Covered.Ranges[0].First, known.Covered.Ranges[^1].Last));
            return true;
        }
        catch (NpgsqlException e)
        {
            Log.Waiting(logger, symbol.Instrument.Key, e.Message);
        }
        catch (ExchangeUnavailableException e)
        {
            Log.Waiting(logger, symbol.Instrument.Key, e.Message);
        }
        catch (Exception e) when (e is ExchangeRefusedException or ExchangeRequestException)
        {
            Log.Refused(logger, symbol.Instrument.Key, e.Message);
            return true;
        }
        return false;
    }

    // Ids of the ledger's gaps keep their cause and need no new row; the others were lost when the process ended.
    private void Compare(TrackedSymbol symbol, SymbolLedger known, long first)
    {
        var nowUs = UnixTime.NowMicroseconds(clock);
        var last = symbol.Sequence.First - 1;
        if (!known.Covered.IsEmpty) last = Math.Max(last, known.Covered.Ranges[^1].Last);
        if (first > last) return;
        // Not what this life published meanwhile: it is on its way to the ledger, or has a gap of its own.
        var unexplained = new IdRangeSet();
        foreach (var missing in symbol.Sequence.MarkUnknown(known.Covered.Outside(new IdRange(first, last)))) unexplained.Add(missing);
        foreach (var gap in known.Open)
        {
            if (unexplained.Within(gap.Range).Count == 0) continue;
            repairs.Add(symbol, new Gap(gap.Range, gap.Reason, OriginOf(gap.Reason), nowUs) { IsAnnounced = true });
            unexplained.Remove(gap.Range);
        }
        foreach (var missing in unexplained.Ranges)
        {
            var reason = known.Covered.IsEmpty || missing.Last < known.Covered.Ranges[0].First ? GapReasons.FirstStart : GapReasons.Restart;
            repairs.Add(symbol, new Gap(missing, reason, OriginOf(reason), nowUs));
        }
    }

    private static TradeOrigin OriginOf(string reason) => reason is GapReasons.FirstStart or GapReasons.Backfill ? TradeOrigin.Backfill : TradeOrigin.Repair;

    // Where the store's trades should begin: a recording in its own time is wanted whole, a running market for a while back.
    private async Task<long?> FirstWantedAsync(TrackedSymbol symbol, SymbolLedger known, CancellationToken cancellation)
    {
        var name = symbol.Instrument.Symbol;
        if (market.Clock == MarketClock.Original)
            return (await history.FirstFromAsync(name, 0, cancellation).ConfigureAwait(false))?.Id;
        var wanted = known.Covered.IsEmpty ? (long?)null : known.Covered.Ranges[0].First;
        foreach (var gap in known.Open) wanted = Math.Min(wanted ?? long.MaxValue, gap.Range.First);
        // An empty ledger is no sign of a first start: storage may have stored live trades before we came here, and a process
        // that was killed in between never asked for the history. So the horizon is asked for until the store reaches it.
        if (options.FirstStartBackfill == TimeSpan.Zero) return wanted;
        var newest = await rest.NewestAsync(name, cancellation).ConfigureAwait(false);
        if (newest is null) return wanted;
        var sinceUs = market.NowUs - (long)options.FirstStartBackfill.TotalMicroseconds;
        var since = await history.FirstIdSinceAsync(name, sinceUs, newest, cancellation).ConfigureAwait(false);
        return since is null ? wanted : Math.Min(wanted ?? long.MaxValue, since.Value);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Resumed: {Count} symbols were compared with the ledger")]
        public static partial void Done(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "{Symbol}: cannot resume yet: {Reason}")]
        public static partial void Waiting(ILogger logger, string symbol, string reason);

        [LoggerMessage(LogLevel.Error, "{Symbol}: what is missing since the last start cannot be asked: {Reason}")]
        public static partial void Refused(ILogger logger, string symbol, string reason);
    }
}
