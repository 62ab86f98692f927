using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Sequencing;

namespace Crypto.Ingestion.Repair;

/// <summary>
/// Fetches the missing ids of one symbol: rows are published where they are still missing, ids that the exchange itself
/// leaves out between its trades are void. Live frames may fill any of them meanwhile.
/// </summary>
internal sealed class SymbolRepair(
    TrackedSymbol symbol, TradeHistory history, TradePublisher publisher, CoverageReporter reporter, TimeProvider clock)
{
    // Rows before the wanted one prove that the exchange still remembers that far back.
    private const int ProofIds = 10;

    private readonly byte[] _scratch = new byte[symbol.Encoder.LengthMax];

    /// <summary>Why some of the ids were given up; null where none were.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Fetches one answer's worth of the lowest missing ids of the gap.</summary>
    /// <returns>False where the exchange has nothing at or after the lowest missing id (yet).</returns>
    public async Task<bool> StepAsync(Gap gap, CancellationToken cancellation)
    {
        var missing = symbol.Sequence.MissingWithin(gap.Range);
        if (missing.Count == 0) return true;
        var wanted = missing[0].First;
        var rows = await history.FromIdAsync(symbol.Instrument.Symbol, Math.Max(0, wanted - ProofIds), cancellation)
            .ConfigureAwait(false);
        var straddling = new List<RestTrade>();
        var isProven = wanted == 0;
        var next = wanted;
        foreach (var row in rows)
        {
            if (row.Id > next && next <= gap.Range.Last)
                await LeftOutAsync(new IdRange(next, Math.Min(row.Id - 1, gap.Range.Last)), isProven, row.Id, cancellation).ConfigureAwait(false);
            isProven = true;
            if (row.LastId < wanted) continue;
            next = Math.Max(next, row.LastId + 1);
            await PublishAsync(row, gap.Origin, cancellation).ConfigureAwait(false);
            if (row.LastId > row.Id && symbol.Sequence.MissingWithin(new IdRange(row.Id, row.LastId)).Count > 0) straddling.Add(row);
        }
        if (straddling.Count > 0) await SplitAsync(straddling, gap.Origin, cancellation).ConfigureAwait(false);
        return next > wanted;
    }

    private async Task LeftOutAsync(IdRange hole, bool isProven, long servedFrom, CancellationToken cancellation)
    {
        foreach (var ids in symbol.Sequence.MissingWithin(hole))
        {
            if (isProven)
            {
                if (symbol.Sequence.TryTake(ids))
                    await reporter.VoidAsync(symbol, ids, "the exchange has no such trade", cancellation).ConfigureAwait(false);
                continue;
            }
            symbol.Sequence.GiveUp(ids);
            Refusal = $"the exchange serves nothing before id {servedFrom}";
        }
    }

    // An aggregate of which some ids are there already has a quantity that fits neither part. The exchange's newest single
    // trades may tell the missing part; otherwise it cannot be had.
    private async Task SplitAsync(List<RestTrade> straddling, TradeOrigin origin, CancellationToken cancellation)
    {
        foreach (var row in await history.RecentAsync(symbol.Instrument.Symbol, cancellation).ConfigureAwait(false))
            if (straddling.Exists(aggregate => row.Id >= aggregate.Id && row.Id <= aggregate.LastId))
                await PublishAsync(row, origin, cancellation).ConfigureAwait(false);
        foreach (var aggregate in straddling)
        {
            var ids = new IdRange(aggregate.Id, aggregate.LastId);
            foreach (var missing in symbol.Sequence.MissingWithin(ids))
            {
                symbol.Sequence.GiveUp(missing);
                Refusal = $"of {missing} only the aggregate {ids} is to be had, and the rest of that is stored";
            }
        }
    }

    private async Task PublishAsync(RestTrade row, TradeOrigin origin, CancellationToken cancellation)
    {
        var ids = new IdRange(row.Id, row.LastId);
        if (!symbol.Sequence.TryTake(ids)) return;
        if (!row.IsTrade)
        {
            await reporter.VoidAsync(symbol, ids, "zero price", cancellation).ConfigureAwait(false);
            return;
        }
        symbol.TradeSeen(row.TimeUs);
        var length = symbol.Encoder.Encode(row.Id, row.LastId, row.Price, row.Quantity, row.TimeUs, row.TimeUs,
            UnixTime.NowMicroseconds(clock), row.IsBuyerMaker, origin, _scratch);
        await publisher.PublishAsync(symbol, _scratch.AsSpan(0, length).ToArray(), origin, cancellation).ConfigureAwait(false);
    }
}
