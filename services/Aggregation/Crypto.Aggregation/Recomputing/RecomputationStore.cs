using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Recomputing;

/// <summary>Reads the queue of recomputations, the store's ledger and stored trades.</summary>
public sealed class RecomputationStore(NpgsqlDataSource dataSource)
{
    private static readonly long LastTimeUs = UnixTime.ToMicroseconds(new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    /// <summary>Queued candles of one instrument and interval that opened after a time, oldest first.</summary>
    public async Task<List<Recomputation>> QueuedAsync(
        InstrumentState state, Interval interval, long afterUs, int most, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select open_time, first_id, last_id from market.candle_recomputations
            where instrument_id = $1 and interval_s = $2 and open_time > $3 order by open_time limit $4
            """);
        select.Parameters.AddWithValue(state.Id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(Math.Max(afterUs, -1)));
        select.Parameters.AddWithValue(most);
        var queued = new List<Recomputation>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            queued.Add(new Recomputation(interval, CandleRows.TimeOf(rows, 0), rows.GetInt64(1), rows.GetInt64(2)));
        return queued;
    }

    /// <summary>The store's ledger and its void ids, of the ids from first to last.</summary>
    public async Task<(IdRanges Stored, IdRanges Void)> LedgerAsync(InstrumentState state, long first, long last, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in (string[])["coverage_ranges", "coverage_voids"])
        {
            var command = new NpgsqlBatchCommand(
                $"select first_id, last_id from market.{table} where instrument_id = $1 and first_id <= $3 and last_id >= $2");
            command.Parameters.AddWithValue(state.Id);
            command.Parameters.AddWithValue(first);
            command.Parameters.AddWithValue(last);
            batch.BatchCommands.Add(command);
        }
        await using var rows = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var stored = await ReadRangesAsync(rows, cancellation).ConfigureAwait(false);
        await rows.NextResultAsync(cancellation).ConfigureAwait(false);
        return (stored, await ReadRangesAsync(rows, cancellation).ConfigureAwait(false));
    }

    /// <summary>The ids that the store's ledger covers, lowest first.</summary>
    public async Task<IReadOnlyList<(long First, long Last)>> CoveredAsync(InstrumentState state, CancellationToken cancellation)
    {
        // Without the void ids, of which there may be many: this is asked with every sweep while there is a hole.
        await using var select = dataSource.CreateCommand("select first_id, last_id from market.coverage_ranges where instrument_id = $1");
        select.Parameters.AddWithValue(state.Id);
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        return (await ReadRangesAsync(rows, cancellation).ConfigureAwait(false)).Ranges;
    }

    /// <summary>Stored trades of one instrument with ids from first to last, whenever they were traded.</summary>
    public IAsyncEnumerable<Trade> TradesAsync(InstrumentState state, long first, long last, CancellationToken cancellation) =>
        TradesAsync(state, first, last, 0, LastTimeUs, cancellation);

    /// <summary>Stored trades of one instrument with ids from first to last, traded within the times.</summary>
    public async IAsyncEnumerable<Trade> TradesAsync(
        InstrumentState state, long first, long last, long fromUs, long toUs,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select trade_id, last_trade_id, price, quantity, trade_time, is_buyer_maker from market.trades
            where instrument_id = $1 and trade_id between $2 and $3 and trade_time >= $4 and trade_time < $5
            """);
        select.Parameters.AddWithValue(state.Id);
        select.Parameters.AddWithValue(first);
        select.Parameters.AddWithValue(last);
        select.Parameters.AddWithValue(UnixTime.ToDateTime(Math.Max(fromUs, 0)));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(toUs));
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var timeUs = CandleRows.TimeOf(rows, 4);
            yield return new Trade(
                state.Instrument, rows.GetInt64(0), rows.GetInt64(1), rows.GetDecimal(2), rows.GetDecimal(3),
                timeUs, timeUs, timeUs, rows.GetBoolean(5), TradeOrigin.Repair);
        }
    }

    private static async Task<IdRanges> ReadRangesAsync(NpgsqlDataReader rows, CancellationToken cancellation)
    {
        var ranges = new List<(long, long)>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) ranges.Add((rows.GetInt64(0), rows.GetInt64(1)));
        return new IdRanges(ranges);
    }
}
