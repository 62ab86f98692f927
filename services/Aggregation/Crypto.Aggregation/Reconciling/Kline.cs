using System.Globalization;
using System.Text.Json;

namespace Crypto.Aggregation.Reconciling;

/// <summary>A candle as the exchange says it is: the fields of Binance's kline.</summary>
public sealed record Kline(
    long OpenTimeUs, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, decimal QuoteVolume, long TradeCount,
    decimal TakerBuyVolume, decimal TakerBuyQuoteVolume)
{
    // Times before the year 5138 in milliseconds; archives have microseconds since 2025.
    private const long LeastMicroseconds = 100_000_000_000_000;

    /// <summary>A line of Binance's archive format, or null for its header.</summary>
    /// <exception cref="FormatException">The line is neither.</exception>
    public static Kline? FromCsv(string line)
    {
        var fields = line.Split(',');
        if (fields.Length < 11) throw new FormatException($"{fields.Length} fields instead of 12");
        if (fields[0] == "open_time") return null;
        decimal Number(int field) => decimal.Parse(fields[field], NumberStyles.Float, CultureInfo.InvariantCulture);
        return new Kline(
            Microseconds(long.Parse(fields[0], CultureInfo.InvariantCulture)), Number(1), Number(2), Number(3), Number(4), Number(5), Number(7),
            long.Parse(fields[8], CultureInfo.InvariantCulture), Number(9), Number(10));
    }

    /// <summary>An element of the answer of <c>GET klines</c>.</summary>
    public static Kline FromJson(JsonElement element)
    {
        decimal Number(int field) => decimal.Parse(element[field].GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
        return new Kline(
            Microseconds(element[0].GetInt64()), Number(1), Number(2), Number(3), Number(4), Number(5), Number(7), element[8].GetInt64(),
            Number(9), Number(10));
    }

    private static long Microseconds(long time) => time < LeastMicroseconds ? time * 1000 : time;
}
