using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Npgsql;

namespace Crypto.Ingestion.Ledger;

/// <summary>What an operator may ask for: every id that the ledger lacks, or history from before it begins.</summary>
public sealed class OnDemand(
    LedgerReader ledger, NpgsqlDataSource dataSource, BinanceRest rest, TradeHistory history, RepairQueue repairs, TimeProvider clock)
{
    /// <summary>Queues every id between the ledger's first and last that it lacks and that nobody is fetching.</summary>
    /// <returns>How many ids were queued.</returns>
    public async Task<long> RepairAsync(IReadOnlyList<TrackedSymbol> symbols, CancellationToken cancellation)
    {
        var queued = 0L;
        foreach (var symbol in symbols)
        {
            var known = await ledger.ReadAsync(symbol.Instrument, cancellation).ConfigureAwait(false);
            if (known.Covered.IsEmpty) continue;
            var whole = new IdRange(known.Covered.Ranges[0].First, known.Covered.Ranges[^1].Last);
            foreach (var uncovered in known.Covered.Outside(whole))
                queued += Queue(symbol, uncovered, GapReasons.NotStored, TradeOrigin.Repair);
        }
        return queued;
    }

    /// <summary>Queues the trades of <paramref name="span"/> before the oldest stored one.</summary>
    /// <returns>How many ids were queued.</returns>
    public async Task<long> BackfillAsync(IReadOnlyList<TrackedSymbol> symbols, TimeSpan span, CancellationToken cancellation)
    {
        var queued = 0L;
        foreach (var symbol in symbols)
        {
            var known = await ledger.ReadAsync(symbol.Instrument, cancellation).ConfigureAwait(false);
            if (known.Covered.IsEmpty || await OldestAsync(symbol.Instrument, cancellation).ConfigureAwait(false) is not { } oldest) continue;
            var name = symbol.Instrument.Symbol;
            if (await rest.NewestAsync(name, cancellation).ConfigureAwait(false) is not { } newest) continue;
            var sinceUs = UnixTime.ToMicroseconds(oldest - span);
            if (await history.FirstIdSinceAsync(name, sinceUs, newest, cancellation).ConfigureAwait(false) is not { } first) continue;
            var range = new IdRange(first, known.Covered.Ranges[0].First - 1);
            if (range.First <= range.Last) queued += Queue(symbol, range, GapReasons.Backfill, TradeOrigin.Backfill);
        }
        return queued;
    }

    private long Queue(TrackedSymbol symbol, IdRange range, string reason, TradeOrigin origin)
    {
        var queued = 0L;
        foreach (var missing in symbol.Sequence.MarkMissing(range))
        {
            queued += missing.Count;
            repairs.Add(symbol, new Gap(missing, reason, origin, UnixTime.NowMicroseconds(clock)));
        }
        return queued;
    }

    private async Task<DateTime?> OldestAsync(Instrument instrument, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select min(trade_time) from market.trades t join market.instruments i using (instrument_id) where i.venue = $1 and i.symbol = $2
            """);
        select.Parameters.AddWithValue(instrument.Venue);
        select.Parameters.AddWithValue(instrument.Symbol);
        return await select.ExecuteScalarAsync(cancellation).ConfigureAwait(false) as DateTime?;
    }
}
