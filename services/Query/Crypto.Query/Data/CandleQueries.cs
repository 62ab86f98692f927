using Crypto.Contracts;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Reads candles from <c>market.candles</c>.</summary>
public sealed class CandleQueries(NpgsqlDataSource dataSource)
{
    private const string Newest = """
        select open_time, open, high, low, close, volume, quote_volume, trade_count, taker_buy_volume,
               taker_buy_quote_volume, first_trade_id, last_trade_id, state, revision, version, complete
        from market.candles
        where instrument_id = $1 and interval_s = $2 and open_time >= $3 and open_time < $4 and not skipped
        order by open_time desc limit $5
        """;

    /// <summary>The newest <paramref name="limit"/> candles that open within the range, oldest first.</summary>
    /// <param name="instrument">Whose candles.</param>
    /// <param name="interval">Of which length.</param>
    /// <param name="range">Microseconds, from inclusive, to exclusive.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Ends the query.</param>
    public async Task<List<Candle>> ReadAsync(
        KnownInstrument instrument, Interval interval, TimeRange range, int limit, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(Newest);
        command.Parameters.AddWithValue(instrument.Id);
        command.Parameters.AddWithValue((int)(interval.LengthUs / UnixTime.MicrosecondsPerSecond));
        command.Parameters.AddWithValue(range.From);
        command.Parameters.AddWithValue(range.To);
        command.Parameters.AddWithValue(limit);
        var candles = new List<Candle>();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) candles.Add(Read(rows, instrument.Instrument, interval));
        candles.Reverse();
        return candles;
    }

    private static Candle Read(NpgsqlDataReader row, Instrument instrument, Interval interval) => new(
        instrument, interval, UnixTime.ToMicroseconds(row.GetDateTime(0)),
        row.GetDecimal(1), row.GetDecimal(2), row.GetDecimal(3), row.GetDecimal(4), row.GetDecimal(5), row.GetDecimal(6),
        row.GetInt64(7), row.GetDecimal(8), row.GetDecimal(9),
        row.IsDBNull(10) ? null : row.GetInt64(10), row.IsDBNull(11) ? null : row.GetInt64(11),
        (CandleState)row.GetInt16(12), row.GetInt32(13), row.GetInt64(14), row.GetBoolean(15));
}
