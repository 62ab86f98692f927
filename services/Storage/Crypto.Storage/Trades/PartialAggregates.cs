using Crypto.Contracts;
using Crypto.Storage.Ledger;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Storage.Trades;

/// <summary>
/// An aggregate of which some ids are covered already. Its trades share price and side, so what the stored ones leave of its
/// quantity belongs to the missing ids: it is stored as one aggregate per missing piece, shared out by the number of ids where
/// there are several. Every sum over them is exact. Where the stored rows do not allow that (another price, a day that was
/// dropped), nothing is stored and the ids stay missing, for a repair by single trades.
/// </summary>
internal sealed partial class PartialAggregates(ILogger logger)
{
    /// <summary>The rows that complete the aggregate; empty where it cannot be told what they are.</summary>
    public async Task<IReadOnlyList<TradeRow>> CompleteAsync(
        NpgsqlConnection connection, InstrumentLedger ledger, Trade aggregate, IEnumerable<TradeRow> pending, CancellationToken cancellation)
    {
        var ids = new IdRange(aggregate.TradeId, aggregate.LastTradeId);
        var missing = ledger.Ranges.Uncovered(ids);
        var missingCount = missing.Sum(piece => piece.Count);
        var stored = await StoredAsync(connection, ledger.InstrumentId, aggregate, cancellation).ConfigureAwait(false);
        foreach (var row in pending)
        {
            if (row.InstrumentId == ledger.InstrumentId && row.Trade.TradeId <= ids.Last && row.Trade.LastTradeId >= ids.First)
                stored.Add(row.Trade);
        }
        var voids = await VoidsAsync(connection, ledger, ids, cancellation).ConfigureAwait(false);
        var covered = stored.Sum(trade => trade.Count) + voids + ledger.Voids.Sum(one => Overlap(one.Ids, ids));
        var rows = stored.TrueForAll(trade => IsPartOf(trade, aggregate)) && covered + missingCount == ids.Count
            ? Share(ledger.InstrumentId, aggregate, missing, missingCount, stored)
            : [];
        if (rows.Count == 0) Log.Untold(logger, aggregate.Instrument.Key, ids);
        return rows;
    }

    private static bool IsPartOf(in Trade trade, in Trade aggregate) =>
        trade.TradeId >= aggregate.TradeId && trade.LastTradeId <= aggregate.LastTradeId
        && trade.Price == aggregate.Price && trade.IsBuyerMaker == aggregate.IsBuyerMaker;

    private static long Overlap(IdRange one, IdRange other) =>
        Math.Max(0, Math.Min(one.Last, other.Last) - Math.Max(one.First, other.First) + 1);

    private static List<TradeRow> Share(
        int instrumentId, Trade aggregate, IReadOnlyList<IdRange> missing, long missingCount, List<Trade> stored)
    {
        var rows = new List<TradeRow>(missing.Count);
        try
        {
            var rest = aggregate.Quantity - stored.Sum(trade => trade.Quantity);
            var unit = new decimal(1, 0, 0, false, rest.Scale);
            var left = rest;
            for (var i = 0; i < missing.Count; i++)
            {
                // Rounded down to the scale of the quantities; the last piece takes what is left.
                var share = i == missing.Count - 1 ? left : Math.Floor(rest * missing[i].Count / missingCount / unit) * unit;
                if (share <= 0) return [];
                left -= share;
                rows.Add(new TradeRow(instrumentId, aggregate with { TradeId = missing[i].First, LastTradeId = missing[i].Last, Quantity = share }));
            }
            return rows;
        }
        catch (OverflowException)
        {
            return []; // No exchange has such quantities, but a record may.
        }
    }

    private static async Task<List<Trade>> StoredAsync(
        NpgsqlConnection connection, int instrumentId, Trade aggregate, CancellationToken cancellation)
    {
        // Rows do not overlap, so of those that begin before the aggregate only the last one can reach into it.
        await using var select = new NpgsqlCommand("""
            (select trade_id, last_trade_id, price, quantity, is_buyer_maker from market.trades
             where instrument_id = $1 and trade_id between $2 and $3)
            union all
            (select trade_id, last_trade_id, price, quantity, is_buyer_maker from (
                 select * from market.trades where instrument_id = $1 and trade_id < $2 order by trade_id desc limit 1) before
             where last_trade_id >= $2)
            """, connection);
        select.Parameters.AddWithValue(instrumentId);
        select.Parameters.AddWithValue(aggregate.TradeId);
        select.Parameters.AddWithValue(aggregate.LastTradeId);
        var stored = new List<Trade>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            stored.Add(aggregate with
            {
                TradeId = rows.GetInt64(0),
                LastTradeId = rows.GetInt64(1),
                Price = rows.GetDecimal(2),
                Quantity = rows.GetDecimal(3),
                IsBuyerMaker = rows.GetBoolean(4),
            });
        return stored;
    }

    private static async Task<long> VoidsAsync(NpgsqlConnection connection, InstrumentLedger ledger, IdRange ids, CancellationToken cancellation)
    {
        await using var select = new NpgsqlCommand("""
            select coalesce(sum(least(last_id, $3) - greatest(first_id, $2) + 1), 0)::bigint from market.coverage_voids
            where instrument_id = $1 and first_id <= $3 and last_id >= $2
            """, connection);
        select.Parameters.AddWithValue(ledger.InstrumentId);
        select.Parameters.AddWithValue(ids.First);
        select.Parameters.AddWithValue(ids.Last);
        return (long)(await select.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning,
            "{Instrument}: the aggregate {Ids} is stored in part and the rest of it cannot be told; its missing ids wait for single trades")]
        public static partial void Untold(ILogger logger, string instrument, IdRange ids);
    }
}
