using System.Runtime.CompilerServices;
using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Replaying;

/// <summary>The rows of <c>market.trades</c>. A trade that is not there is a difference.</summary>
public sealed class StoredTrades(NpgsqlDataSource dataSource) : IReplaySource
{
    public long LowestId => 0;

    public async Task<IdRanges> VoidsAsync(int id, Instrument instrument, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("select first_id, last_id from market.coverage_voids where instrument_id = $1");
        select.Parameters.AddWithValue(id);
        var voids = new List<(long, long)>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) voids.Add((rows.GetInt64(0), rows.GetInt64(1)));
        return new IdRanges(voids);
    }

    public async IAsyncEnumerable<Trade> TradesAsync(
        int id, Instrument instrument, long fromUs, long toUs, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("""
            select trade_id, last_trade_id, price, quantity, trade_time, is_buyer_maker from market.trades
            where instrument_id = $1 and trade_time >= $2 and trade_time < $3
            """);
        select.CommandTimeout = 0;
        select.Parameters.AddWithValue(id);
        select.Parameters.AddWithValue(UnixTime.ToDateTime(fromUs));
        select.Parameters.AddWithValue(UnixTime.ToDateTime(toUs));
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var timeUs = CandleRows.TimeOf(rows, 4);
            yield return new Trade(instrument, rows.GetInt64(0), rows.GetInt64(1), rows.GetDecimal(2), rows.GetDecimal(3),
                timeUs, timeUs, timeUs, rows.GetBoolean(5), TradeOrigin.Backfill);
        }
    }
}
