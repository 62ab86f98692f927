using System.Text.Json;
using Crypto.Contracts;

namespace Crypto.Ingestion.Frames;

/// <summary>
/// Turns a websocket frame into a <see cref="TradeFrame"/> without allocating. Frames as the exchange writes them take a
/// byte scanner; whatever it does not know (other fields, spaces, escapes) takes the JSON reader, which is the authority:
/// the scanner never accepts a frame that the reader would see differently.
/// </summary>
public static class FrameParser
{
    /// <summary>Parses a combined (<c>{"stream":...,"data":{...}}</c>) or a raw frame. Never throws.</summary>
    public static TradeFrame Parse(ReadOnlySpan<byte> frame)
    {
        if (!FrameScanner.TryScan(frame, out var fields)) fields = ReadSlowly(frame);
        return Check(frame, fields);
    }

    /// <summary>The reader's opinion alone; <see cref="Parse"/> gives the same, faster.</summary>
    public static TradeFrame ParseWithReader(ReadOnlySpan<byte> frame) => Check(frame, ReadSlowly(frame));

    private static FrameFields ReadSlowly(ReadOnlySpan<byte> frame)
    {
        try
        {
            return FrameReader.Read(frame);
        }
        catch (JsonException)
        {
            return new FrameFields { NotJson = true };
        }
    }

    private static TradeFrame Check(ReadOnlySpan<byte> frame, in FrameFields fields)
    {
        var parsed = new TradeFrame { Kind = FrameKind.Bad };
        if (fields.NotJson) return With(parsed, FrameFault.NotJson);
        if (fields.Event == EventName.ServerShutdown) return parsed with { Kind = FrameKind.ServerShutdown };
        if (fields.Event == EventName.Other || (fields.Event == EventName.None && fields.IsNoEvent))
            return parsed with { Kind = FrameKind.Other };

        // What is known of a bad frame is kept: its symbol and id tell which trade to ask REST for.
        parsed.TradeId = fields.TradeId;
        (parsed.SymbolStart, parsed.SymbolLength) = (fields.Symbol.Start, fields.Symbol.Length);
        (parsed.PriceStart, parsed.PriceLength) = (fields.Price.Start, fields.Price.Length);
        (parsed.QuantityStart, parsed.QuantityLength) = (fields.Quantity.Start, fields.Quantity.Length);
        parsed.IsBuyerMaker = fields.IsBuyerMaker;
        if (!fields.HasAll) return With(parsed, FrameFault.MissingField);
        if (!IsSymbol(parsed.Symbol(frame))) return With(parsed, FrameFault.BadSymbol);
        if (fields.TradeId < 0) return With(parsed, FrameFault.BadId);
        if (!ExchangeTime.TryToMicroseconds(fields.TradeTime, out parsed.TradeTimeUs) ||
            !ExchangeTime.TryToMicroseconds(fields.EventTime, out parsed.EventTimeUs)) return With(parsed, FrameFault.BadTime);
        if (fields.IsNotApplicable && DecimalText.IsZero(parsed.Price(frame))) return parsed with { Kind = FrameKind.Void };
        if (!DecimalText.IsPositive(parsed.Price(frame))) return With(parsed, FrameFault.BadPrice);
        if (!DecimalText.IsPositive(parsed.Quantity(frame))) return With(parsed, FrameFault.BadQuantity);
        return parsed with { Kind = FrameKind.Trade };
    }

    private static TradeFrame With(in TradeFrame frame, FrameFault fault) => frame with { Fault = fault };

    private static bool IsSymbol(ReadOnlySpan<byte> symbol) =>
        symbol.Length is > 0 and <= 32 &&
        !symbol.ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);
}
