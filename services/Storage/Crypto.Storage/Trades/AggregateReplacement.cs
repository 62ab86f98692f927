using Crypto.Contracts;
using Crypto.Postgres;
using Crypto.Storage.Ledger;
using Npgsql;

namespace Crypto.Storage.Trades;

/// <summary>
/// Puts single trades in the place of aggregates that stand for them. The ledger does not change, for it covers the same ids, and
/// neither does any candle: an aggregate was folded with its trades' number, price and sum.
/// </summary>
public sealed class AggregateReplacement(NpgsqlDataSource dataSource, InstrumentStore instruments)
{
    private readonly TradeDays _days = new(dataSource);

    /// <summary>The ids that are stored as aggregates, ascending, one range for each aggregate.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<IReadOnlyList<IdRange>> FindAsync(Instrument instrument, IdRange within, CancellationToken cancellation)
    {
        if (await instruments.FindAsync(instrument, cancellation).ConfigureAwait(false) is not { } id) return [];
        await using var select = dataSource.CreateCommand("""
            select trade_id, last_trade_id from market.trades
            where instrument_id = $1 and last_trade_id > trade_id and trade_id >= $2 and last_trade_id <= $3 order by trade_id
            """);
        select.Parameters.AddWithValue(id);
        select.Parameters.AddWithValue(within.First);
        select.Parameters.AddWithValue(within.Last);
        var found = new List<IdRange>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) found.Add(new IdRange(rows.GetInt64(0), rows.GetInt64(1)));
        return found;
    }

    /// <summary>Replaces aggregates, all in one transaction.</summary>
    /// <param name="instrument">Whose they are.</param>
    /// <param name="aggregates">The ids of stored aggregates.</param>
    /// <param name="singles">Single trades, ascending; those outside the aggregates are ignored.</param>
    /// <param name="cancellation">Nothing is changed then.</param>
    /// <returns>
    /// How many were replaced. One stays where the single trades do not make it up: an id is missing, or price, side or the sum of
    /// quantities differ; and one that is gone by now stays gone.
    /// </returns>
    /// <exception cref="NpgsqlException">Nothing was changed.</exception>
    public async Task<int> ReplaceAsync(
        Instrument instrument, IReadOnlyList<IdRange> aggregates, IReadOnlyList<Trade> singles, CancellationToken cancellation)
    {
        var id = await instruments.GetOrCreateAsync(instrument, cancellation).ConfigureAwait(false);
        await _days.EnsureAsync(singles.Select(trade => trade.TradeTimeUs / Interval.OneDay.LengthUs).ToHashSet(), cancellation).ConfigureAwait(false);
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var stored = await LockAsync(connection, id, aggregates, cancellation).ConfigureAwait(false);
        var byId = singles.ToDictionary(trade => trade.TradeId);
        var (gone, rows) = (new List<long>(), new List<TradeRow>());
        foreach (var aggregate in stored)
        {
            if (PartsOf(aggregate, byId) is not { } parts) continue;
            gone.Add(aggregate.TradeId);
            rows.AddRange(parts.Select(part => new TradeRow(id, part)));
        }
        if (gone.Count == 0) return 0;
        await using (var batch = new NpgsqlBatch(connection))
        {
            LedgerStore.Add(batch, "delete from market.trades where instrument_id = $1 and trade_id = any($2) and last_trade_id > trade_id", id, gone.ToArray());
            TradeWriter.Insert(batch, rows);
            await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            if ((int)batch.BatchCommands[0].RecordsAffected != gone.Count || (int)batch.BatchCommands[1].RecordsAffected != rows.Count)
                throw new InvalidOperationException($"{instrument}: the trades {singles[0].TradeId} to {singles[^1].TradeId} changed under the instrument's lock");
        }
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return gone.Count;
    }

    // Under the lock that every writer of the instrument takes.
    private static async Task<List<Trade>> LockAsync(
        NpgsqlConnection connection, int instrumentId, IReadOnlyList<IdRange> aggregates, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        LedgerStore.Add(batch, "select from market.instruments where instrument_id = $1 for no key update", instrumentId);
        LedgerStore.Add(batch, """
            select trade_id, last_trade_id, price, quantity, is_buyer_maker from market.trades
            where instrument_id = $1 and trade_id = any($2) and last_trade_id > trade_id order by trade_id
            """, instrumentId, aggregates.Select(ids => ids.First).ToArray());
        var stored = new List<Trade>();
        await using var rows = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        await rows.NextResultAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            stored.Add(new Trade(default, rows.GetInt64(0), rows.GetInt64(1), rows.GetDecimal(2), rows.GetDecimal(3), 0, 0, 0, rows.GetBoolean(4), default));
        return stored;
    }

    private static List<Trade>? PartsOf(in Trade aggregate, Dictionary<long, Trade> singles)
    {
        var (parts, quantity) = (new List<Trade>(), 0m);
        for (var id = aggregate.TradeId; id <= aggregate.LastTradeId; id++)
        {
            if (!singles.TryGetValue(id, out var part) || part.Count != 1) return null;
            if (part.Price != aggregate.Price || part.IsBuyerMaker != aggregate.IsBuyerMaker) return null;
            parts.Add(part);
            quantity += part.Quantity;
        }
        return quantity == aggregate.Quantity ? parts : null;
    }
}
