using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Crypto.Contracts;

/// <summary>The wire form of a <see cref="Candle"/> in <c>crypto.candles</c>.</summary>
public static class CandleJson
{
    private static readonly string[] States = ["live", "closed", "final"];

    public static string NameOf(CandleState state) => States[(int)state];

    /// <summary>Appends the candle as UTF-8 JSON.</summary>
    public static void Write(IBufferWriter<byte> output, Candle candle)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("venue"u8, candle.Instrument.Venue);
        json.WriteString("symbol"u8, candle.Instrument.Symbol);
        json.WriteString("interval"u8, candle.Interval.Name);
        json.WriteNumber("openTimeUs"u8, candle.OpenTimeUs);
        json.WriteNumber("closeTimeUs"u8, candle.CloseTimeUs);
        WriteFields(json, candle);
        json.WriteEndObject();
    }

    /// <summary>
    /// Writes what every JSON form of a candle has in common, from <c>open</c> to <c>complete</c>, into an open object: prices and
    /// quantities as decimal strings, <c>vwap</c> and the ids null where nothing was traded.
    /// </summary>
    public static void WriteFields(Utf8JsonWriter json, Candle candle)
    {
        json.WriteDecimalString("open"u8, candle.Open);
        json.WriteDecimalString("high"u8, candle.High);
        json.WriteDecimalString("low"u8, candle.Low);
        json.WriteDecimalString("close"u8, candle.Close);
        json.WriteDecimalString("volume"u8, candle.Volume);
        json.WriteDecimalString("quoteVolume"u8, candle.QuoteVolume);
        if (candle.Vwap is { } vwap) json.WriteDecimalString("vwap"u8, vwap);
        else json.WriteNull("vwap"u8);
        json.WriteNumber("tradeCount"u8, candle.TradeCount);
        json.WriteDecimalString("takerBuyVolume"u8, candle.TakerBuyVolume);
        json.WriteDecimalString("takerBuyQuoteVolume"u8, candle.TakerBuyQuoteVolume);
        WriteId(json, "firstTradeId"u8, candle.FirstTradeId);
        WriteId(json, "lastTradeId"u8, candle.LastTradeId);
        json.WriteString("state"u8, NameOf(candle.State));
        json.WriteNumber("revision"u8, candle.Revision);
        json.WriteNumber("version"u8, candle.Version);
        json.WriteBoolean("complete"u8, candle.Complete);
    }

    /// <summary>Reads a candle that <see cref="Write"/> wrote; unknown properties are skipped.</summary>
    /// <exception cref="JsonException">The value is no candle; the message names the field.</exception>
    public static Candle Read(ReadOnlySpan<byte> utf8)
    {
        using var document = JsonReading.ParseObject(utf8);
        try
        {
            return Read(document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"a field holds half a character: {e.Message}", e);
        }
    }

    private static Candle Read(JsonElement candle)
    {
        if (!Interval.TryParse(Text(candle, "interval"), out var interval)) throw new JsonException("interval is unknown");
        var state = Array.IndexOf(States, Text(candle, "state"));
        if (state < 0) throw new JsonException("state is unknown");
        return new Candle(
            new Instrument(Text(candle, "venue"), Text(candle, "symbol")), interval, Long(candle, "openTimeUs"),
            Number(candle, "open"), Number(candle, "high"), Number(candle, "low"), Number(candle, "close"),
            Number(candle, "volume"), Number(candle, "quoteVolume"), Long(candle, "tradeCount"),
            Number(candle, "takerBuyVolume"), Number(candle, "takerBuyQuoteVolume"),
            Id(candle, "firstTradeId"), Id(candle, "lastTradeId"), (CandleState)state,
            Int(candle, "revision"), Long(candle, "version"), Bool(candle, "complete"));
    }

    private static void WriteId(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? id)
    {
        if (id is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static JsonElement Field(JsonElement candle, string name) =>
        candle.TryGetProperty(name, out var value) ? value : throw new JsonException($"{name} is missing");

    private static string Text(JsonElement candle, string name) =>
        Field(candle, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new JsonException($"{name} is no text");

    private static long Long(JsonElement candle, string name) =>
        Field(candle, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value)
            ? value
            : throw new JsonException($"{name} is no whole number");

    private static int Int(JsonElement candle, string name) =>
        Long(candle, name) is >= int.MinValue and <= int.MaxValue and var value
            ? (int)value
            : throw new JsonException($"{name} is no whole number");

    private static bool Bool(JsonElement candle, string name) => Field(candle, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new JsonException($"{name} is neither true nor false"),
    };

    private static decimal Number(JsonElement candle, string name) =>
        decimal.TryParse(Text(candle, name), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException($"{name} is no decimal");

    private static long? Id(JsonElement candle, string name) =>
        Field(candle, name).ValueKind == JsonValueKind.Null ? null : Long(candle, name);
}
