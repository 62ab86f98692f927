using Crypto.Contracts;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Reads trades from <c>market.trades</c>.</summary>
public sealed class TradeQueries(NpgsqlDataSource dataSource)
{
    private const string Columns =
        "trade_id, last_trade_id, price, quantity, trade_time, event_time, received_time, is_buyer_maker, origin";

    /// <summary>The newest trades by id that were made within the range, newest first; with ids below <c>before</c>.</summary>
    public Task<List<Trade>> NewestAsync(
        KnownInstrument instrument, TimeRange range, int limit, CancellationToken cancellation, long? before = null) => ReadAsync(
            $"""
            select {Columns} from market.trades
            where instrument_id = $1 and trade_time >= $2 and trade_time < $3 and trade_id < $4 order by trade_id desc limit $5
            """, instrument, [range.From, range.To, before ?? long.MaxValue, limit], cancellation);

    /// <summary>The trades above <paramref name="id"/>, lowest id first.</summary>
    public Task<List<Trade>> AfterAsync(KnownInstrument instrument, long id, int limit, CancellationToken cancellation) => ReadAsync(
        $"select {Columns} from market.trades where instrument_id = $1 and trade_id > $2 order by trade_id limit $3",
        instrument, [id, limit], cancellation);

    private async Task<List<Trade>> ReadAsync(
        string sql, KnownInstrument instrument, object[] parameters, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(instrument.Id);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        var trades = new List<Trade>();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation))
        {
            trades.Add(new Trade(
                instrument.Instrument, rows.GetInt64(0), rows.GetInt64(1), rows.GetDecimal(2), rows.GetDecimal(3),
                UnixTime.ToMicroseconds(rows.GetDateTime(4)), UnixTime.ToMicroseconds(rows.GetDateTime(5)),
                UnixTime.ToMicroseconds(rows.GetDateTime(6)), rows.GetBoolean(7), (TradeOrigin)rows.GetInt16(8)));
        }
        return trades;
    }
}
