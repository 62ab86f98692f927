using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Series;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Store;

/// <summary>Reads rows of <c>market.candles</c> back into exact sums.</summary>
internal static class CandleRows
{
    /// <summary>The columns that <see cref="Read"/> expects, of a table or alias <c>c</c>.</summary>
    public const string Columns = """
        c.instrument_id, c.interval_s, c.open_time, c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trade_count,
        c.taker_buy_volume, c.taker_buy_quote_volume, c.first_trade_id, c.last_trade_id, c.state, c.revision, c.version,
        c.complete, c.published_version, c.anchor_id, c.touched_time, c.skipped
        """;

    /// <summary>The interval of that length.</summary>
    public static Interval IntervalOf(int seconds) => Interval.All.First(i => i.LengthUs == seconds * UnixTime.MicrosecondsPerSecond);

    public static int SecondsOf(Interval interval) => (int)(interval.LengthUs / UnixTime.MicrosecondsPerSecond);

    public static long TimeOf(NpgsqlDataReader row, int column) => UnixTime.ToMicroseconds(row.GetDateTime(column));

    /// <summary>The row under the reader.</summary>
    public static CandleRow Read(NpgsqlDataReader row)
    {
        var fragment = FragmentOf(row);
        var candle = CandleRow.Stored(
            IntervalOf(row.GetInt32(1)), TimeOf(row, 2), fragment, row.GetDecimal(6), row.GetInt64(19));
        candle.State = (CandleState)row.GetInt16(14);
        candle.Revision = row.GetInt32(15);
        candle.Version = row.GetInt64(16);
        candle.Complete = row.GetBoolean(17);
        candle.PublishedVersion = row.GetInt64(18);
        candle.TouchedUs = TimeOf(row, 20);
        candle.Skipped = row.GetBoolean(21);
        return candle;
    }

    public static async Task<List<CandleRow>> ReadAllAsync(NpgsqlDataReader rows, CancellationToken cancellation)
    {
        var list = new List<CandleRow>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) list.Add(Read(rows));
        return list;
    }

    private static Fragment FragmentOf(NpgsqlDataReader row)
    {
        var (close, volume) = (row.GetDecimal(6), row.GetDecimal(7));
        var fragment = new Fragment { PriceScale = close.Scale, QuantityScale = volume.Scale, Count = row.GetInt64(9) };
        if (fragment.IsEmpty) return fragment;
        var quoteScale = close.Scale + volume.Scale;
        fragment.Open = row.GetDecimal(3);
        fragment.High = row.GetDecimal(4);
        fragment.Low = row.GetDecimal(5);
        fragment.Close = close;
        fragment.Volume = ExactSum.ToInteger(volume, fragment.QuantityScale);
        fragment.TakerVolume = ExactSum.ToInteger(row.GetDecimal(10), fragment.QuantityScale);
        fragment.Quote = ExactSum.ToInteger(row.GetDecimal(8), quoteScale);
        fragment.TakerQuote = ExactSum.ToInteger(row.GetDecimal(11), quoteScale);
        fragment.FirstId = row.GetInt64(12);
        fragment.LastId = row.GetInt64(13);
        return fragment;
    }
}
