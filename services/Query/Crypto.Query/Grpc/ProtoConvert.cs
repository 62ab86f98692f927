using Crypto.Contracts;
using Crypto.Query.Data;
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

    public static Proto.Trade ToProto(in Trade trade, string symbol) => new()
    {
        Symbol = symbol,
        TradeId = trade.TradeId,
        LastTradeId = trade.LastTradeId,
        Price = ToText(trade.Price),
        Quantity = ToText(trade.Quantity),
        TradeTime = ToTimestamp(trade.TradeTimeUs),
        ReceivedTime = ToTimestamp(trade.ReceivedTimeUs),
        IsBuyerMaker = trade.IsBuyerMaker,
        Origin = (Proto.TradeOrigin)((int)trade.Origin + 1),
    };

    public static Proto.Symbol ToProto(SymbolRow row)
    {
        var proto = new Proto.Symbol { Symbol_ = row.Symbol, Venue = row.Venue };
        if (row.FirstTradeId is { } first) proto.FirstTradeId = first;
        if (row.LastTradeId is { } last) proto.LastTradeId = last;
        if (row.NewestTradeTime is { } time) proto.NewestTradeTime = ToTimestamp(UnixTime.ToMicroseconds(time));
        return proto;
    }

    public static Proto.GetCoverageResponse ToProto(Coverage coverage, string symbol)
    {
        var proto = new Proto.GetCoverageResponse
        {
            Symbol = symbol,
            Stored = coverage.Stored,
            Void = coverage.Void,
            Complete = coverage.Complete,
        };
        proto.Ranges.AddRange(coverage.Ranges.Select(r => new Proto.IdRange { First = r.First, Last = r.Last }));
        proto.Gaps.AddRange(coverage.Gaps.Select(g => new Proto.Gap
        {
            First = g.First,
            Last = g.Last,
            Reason = g.Reason,
            State = g.State switch
            {
                "open" => Proto.GapState.Open,
                "repaired" => Proto.GapState.Repaired,
                "refused" => Proto.GapState.Refused,
                _ => Proto.GapState.Unspecified,
            },
            DetectedAt = ToTimestamp(g.DetectedAtUs),
            RepairedAt = g.RepairedAtUs is { } repaired ? ToTimestamp(repaired) : null,
        }));
        return proto;
    }

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

    public static string ToText(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
