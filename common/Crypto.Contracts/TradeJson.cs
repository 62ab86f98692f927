using System.Buffers;
using System.Text.Json;

namespace Crypto.Contracts;

/// <summary>The wire form of a <see cref="Trade"/> in <c>crypto.trades</c>: one flat JSON object, decimals as strings.</summary>
public static class TradeJson
{
    private static readonly string[] Origins = ["stream", "repair", "backfill"];

    public static string NameOf(TradeOrigin origin) => Origins[(int)origin];

    /// <summary>Appends the trade as UTF-8 JSON.</summary>
    public static void Write(IBufferWriter<byte> output, in Trade trade)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("venue"u8, trade.Instrument.Venue);
        json.WriteString("symbol"u8, trade.Instrument.Symbol);
        json.WriteNumber("tradeId"u8, trade.TradeId);
        if (trade.LastTradeId != trade.TradeId) json.WriteNumber("lastTradeId"u8, trade.LastTradeId);
        json.WriteDecimalString("price"u8, trade.Price);
        json.WriteDecimalString("quantity"u8, trade.Quantity);
        json.WriteNumber("tradeTimeUs"u8, trade.TradeTimeUs);
        json.WriteNumber("eventTimeUs"u8, trade.EventTimeUs);
        json.WriteNumber("receivedTimeUs"u8, trade.ReceivedTimeUs);
        json.WriteBoolean("isBuyerMaker"u8, trade.IsBuyerMaker);
        json.WriteString("origin"u8, NameOf(trade.Origin));
        json.WriteEndObject();
    }

    /// <summary>Reads a trade; unknown properties are skipped, so that the contract may grow.</summary>
    /// <param name="utf8">The record's value.</param>
    /// <param name="instruments">Keeps one <see cref="Instrument"/> per key, so that reading allocates no strings.</param>
    /// <param name="trade">The trade, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, InstrumentCache instruments, out Trade trade, out string? error)
    {
        trade = default;
        try
        {
            error = Read(utf8, instruments, out trade);
        }
        catch (JsonException e)
        {
            error = $"not JSON: {e.Message}";
        }
        catch (InvalidOperationException e)
        {
            error = $"a field has another type: {e.Message}";
        }
        return error is null;
    }

    private static string? Read(ReadOnlySpan<byte> utf8, InstrumentCache instruments, out Trade trade)
    {
        trade = default;
        var json = new Utf8JsonReader(utf8);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return "not a JSON object";
        ReadOnlySpan<byte> venue = default, symbol = default;
        long? lastId = null;
        long id = -1, tradeTime = -1, eventTime = -1, receivedTime = -1;
        decimal price = 0, quantity = 0;
        bool? isBuyerMaker = null;
        TradeOrigin? origin = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.ValueSpan;
            json.Read();
            if (name.SequenceEqual("venue"u8)) venue = json.StringSpan();
            else if (name.SequenceEqual("symbol"u8)) symbol = json.StringSpan();
            else if (name.SequenceEqual("tradeId"u8)) id = json.LongOr(-1);
            else if (name.SequenceEqual("lastTradeId"u8)) lastId = json.LongOr(-1);
            else if (name.SequenceEqual("price"u8)) price = json.DecimalOr(0);
            else if (name.SequenceEqual("quantity"u8)) quantity = json.DecimalOr(0);
            else if (name.SequenceEqual("tradeTimeUs"u8)) tradeTime = json.LongOr(-1);
            else if (name.SequenceEqual("eventTimeUs"u8)) eventTime = json.LongOr(-1);
            else if (name.SequenceEqual("receivedTimeUs"u8)) receivedTime = json.LongOr(-1);
            else if (name.SequenceEqual("isBuyerMaker"u8)) isBuyerMaker = json.GetBoolean();
            else if (name.SequenceEqual("origin"u8)) origin = OriginOf(json.StringSpan());
            else json.Skip();
        }
        json.Read(); // throws where something follows the object
        if (venue.IsEmpty || symbol.IsEmpty || !instruments.TryGet(venue, symbol, out var instrument))
            return "venue or symbol is missing or unknown";
        if (id < 0) return "tradeId is missing or negative";
        if (lastId < id) return "lastTradeId is below tradeId";
        if (price <= 0) return "price is missing or not positive";
        if (quantity <= 0) return "quantity is missing or not positive";
        if (tradeTime < 0 || eventTime < 0 || receivedTime < 0) return "a time is missing or negative";
        if (isBuyerMaker is null) return "isBuyerMaker is missing";
        if (origin is null) return "origin is missing or unknown";
        trade = new Trade(instrument, id, lastId ?? id, price, quantity, tradeTime, eventTime, receivedTime,
            isBuyerMaker.Value, origin.Value);
        return null;
    }

    private static TradeOrigin? OriginOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("stream"u8) ? TradeOrigin.Stream
        : name.SequenceEqual("repair"u8) ? TradeOrigin.Repair
        : name.SequenceEqual("backfill"u8) ? TradeOrigin.Backfill
        : null;
}
