using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Data;

namespace Crypto.Query.Rest;

/// <summary>The JSON objects of the REST API: decimals are strings, times RFC 3339 in UTC with microseconds.</summary>
internal static class RestJson
{
    /// <summary>A candle; with its symbol and interval where <paramref name="symbol"/> is given.</summary>
    public static void WriteCandle(Utf8JsonWriter json, Candle candle, string? symbol)
    {
        json.WriteStartObject();
        if (symbol is not null)
        {
            json.WriteString("symbol"u8, symbol);
            json.WriteString("interval"u8, candle.Interval.Name);
        }
        WriteTime(json, "openTime"u8, candle.OpenTimeUs);
        WriteTime(json, "closeTime"u8, candle.CloseTimeUs);
        CandleJson.WriteFields(json, candle);
        json.WriteEndObject();
    }

    /// <summary>A trade of <c>/prices/{symbol}</c>.</summary>
    public static void WriteTrade(Utf8JsonWriter json, in Trade trade)
    {
        json.WriteStartObject();
        json.WriteNumber("tradeId"u8, trade.TradeId);
        if (trade.LastTradeId != trade.TradeId) json.WriteNumber("lastTradeId"u8, trade.LastTradeId);
        json.WriteDecimalString("price"u8, trade.Price);
        json.WriteDecimalString("quantity"u8, trade.Quantity);
        WriteTime(json, "tradeTime"u8, trade.TradeTimeUs);
        WriteTime(json, "receivedTime"u8, trade.ReceivedTimeUs);
        json.WriteBoolean("isBuyerMaker"u8, trade.IsBuyerMaker);
        json.WriteString("origin"u8, TradeJson.NameOf(trade.Origin));
        json.WriteEndObject();
    }

    /// <summary>A trade of <c>/prices/latest</c>.</summary>
    public static void WriteLatestPrice(Utf8JsonWriter json, in Trade trade, string symbol)
    {
        json.WriteStartObject();
        json.WriteString("symbol"u8, symbol);
        json.WriteDecimalString("price"u8, trade.Price);
        json.WriteDecimalString("quantity"u8, trade.Quantity);
        json.WriteNumber("tradeId"u8, trade.TradeId);
        WriteTime(json, "tradeTime"u8, trade.TradeTimeUs);
        json.WriteEndObject();
    }

    public static void WriteCoverage(Utf8JsonWriter json, Coverage coverage, string symbol)
    {
        json.WriteStartObject();
        json.WriteString("symbol"u8, symbol);
        WriteNumber(json, "firstTradeId"u8, coverage.FirstTradeId);
        WriteNumber(json, "lastTradeId"u8, coverage.LastTradeId);
        json.WriteNumber("stored"u8, coverage.Stored);
        json.WriteNumber("void"u8, coverage.Void);
        json.WriteNumber("aggregated"u8, coverage.Aggregated);
        json.WriteBoolean("complete"u8, coverage.Complete);
        json.WriteStartArray("ranges"u8);
        foreach (var range in coverage.Ranges)
        {
            json.WriteStartObject();
            json.WriteNumber("first"u8, range.First);
            json.WriteNumber("last"u8, range.Last);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("gaps"u8);
        foreach (var gap in coverage.Gaps) WriteGap(json, gap);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteGap(Utf8JsonWriter json, Gap gap)
    {
        json.WriteStartObject();
        json.WriteNumber("first"u8, gap.First);
        json.WriteNumber("last"u8, gap.Last);
        json.WriteString("reason"u8, gap.Reason);
        json.WriteString("state"u8, gap.State);
        WriteTime(json, "detectedAt"u8, gap.DetectedAtUs);
        if (gap.RepairedAtUs is { } repaired) WriteTime(json, "repairedAt"u8, repaired);
        else json.WriteNull("repairedAt"u8);
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, long timeUs) =>
        json.WriteString(name, UnixTime.ToRfc3339(timeUs));

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
