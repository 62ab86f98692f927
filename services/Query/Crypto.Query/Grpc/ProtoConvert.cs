using Crypto.Contracts;
using Google.Protobuf.WellKnownTypes;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Grpc;

/// <summary>From the platform's records to protobuf messages and back: exact decimals as strings, times as Timestamps.</summary>
internal static class ProtoConvert
{
    public static Proto.Candle ToProto(Candle candle, string symbol)
    {
        var proto = new Proto.Candle
        {
            Symbol = symbol,
            Interval = candle.Interval.Name,
            OpenTime = ToTimestamp(candle.OpenTimeUs),
            CloseTime = ToTimestamp(candle.CloseTimeUs),
            Open = ToText(candle.Open),
            High = ToText(candle.High),
            Low = ToText(candle.Low),
            Close = ToText(candle.Close),
            Volume = ToText(candle.Volume),
            QuoteVolume = ToText(candle.QuoteVolume),
            TradeCount = candle.TradeCount,
            TakerBuyVolume = ToText(candle.TakerBuyVolume),
            TakerBuyQuoteVolume = ToText(candle.TakerBuyQuoteVolume),
            State = (Proto.CandleState)((int)candle.State + 1),
            Revision = candle.Revision,
            Version = candle.Version,
            Complete = candle.Complete,
        };
        if (candle.Vwap is { } vwap) proto.Vwap = ToText(vwap);
        if (candle.FirstTradeId is { } first) proto.FirstTradeId = first;
        if (candle.LastTradeId is { } last) proto.LastTradeId = last;
        return proto;
    }

    public static Proto.LatestPrice ToLatestPrice(in Trade trade, string symbol) => new()
    {
        Symbol = symbol,
        Price = ToText(trade.Price),
        Quantity = ToText(trade.Quantity),
        TradeId = trade.TradeId,
        TradeTime = ToTimestamp(trade.TradeTimeUs),
    };

    public static Timestamp ToTimestamp(long timeUs) => new()
    {
        Seconds = timeUs / UnixTime.MicrosecondsPerSecond,
        Nanos = (int)(timeUs % UnixTime.MicrosecondsPerSecond) * 1000,
    };

    /// <summary>Microseconds since the Unix epoch, or null where the field is not set.</summary>
    /// <exception cref="BadRequestException">It is outside of what a Timestamp may be, or before 1970.</exception>
    public static long? ToMicroseconds(Timestamp? time, string field)
    {
        const long LastSecond = 253_402_300_799;
        if (time is null) return null;
        if (time.Seconds is < 0 or > LastSecond || time.Nanos is < 0 or > 999_999_999)
            throw new BadRequestException(field, $"{field} is no valid time from 1970 to 9999");
        return (time.Seconds * UnixTime.MicrosecondsPerSecond) + (time.Nanos / 1000);
    }

    private static string ToText(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
