using System.Buffers;
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
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        var candle = document.RootElement;
        if (!Interval.TryParse(Text(candle, "interval"), out var interval)) throw new JsonException("interval is unknown");
        var state = Array.IndexOf(States, Text(candle, "state"));
        if (state < 0) throw new JsonException("state is unknown");
        return new Candle(
            new Instrument(Text(candle, "venue"), Text(candle, "symbol")), interval, Field(candle, "openTimeUs").GetInt64(),
            Number(candle, "open"), Number(candle, "high"), Number(candle, "low"), Number(candle, "close"),
            Number(candle, "volume"), Number(candle, "quoteVolume"), Field(candle, "tradeCount").GetInt64(),
            Number(candle, "takerBuyVolume"), Number(candle, "takerBuyQuoteVolume"),
            Id(candle, "firstTradeId"), Id(candle, "lastTradeId"), (CandleState)state,
            Field(candle, "revision").GetInt32(), Field(candle, "version").GetInt64(), Field(candle, "complete").GetBoolean());
    }

    private static void WriteId(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? id)
    {
        if (id is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static JsonElement Field(JsonElement candle, string name) =>
        candle.TryGetProperty(name, out var value) ? value : throw new JsonException($"{name} is missing");

    private static string Text(JsonElement candle, string name) =>
        Field(candle, name).GetString() ?? throw new JsonException($"{name} is null");

    private static decimal Number(JsonElement candle, string name) =>
        decimal.TryParse(Text(candle, name), System.Globalization.NumberStyles.Number,
            System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new JsonException($"{name} is no decimal");

    private static long? Id(JsonElement candle, string name) =>
        Field(candle, name) is { ValueKind: JsonValueKind.Number } id ? id.GetInt64() : null;
}
