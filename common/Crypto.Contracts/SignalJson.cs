using System.Buffers;
using System.Text.Json;

namespace Crypto.Contracts;

/// <summary>The wire form of a <see cref="Signal"/> in <c>crypto.signals</c>.</summary>
public static class SignalJson
{
    /// <summary>Appends the signal as UTF-8 JSON; equal signals have equal bytes.</summary>
    public static void Write(IBufferWriter<byte> output, Signal signal)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("venue"u8, signal.Instrument.Venue);
        json.WriteString("symbol"u8, signal.Instrument.Symbol);
        json.WriteString("interval"u8, signal.Interval.Name);
        json.WriteNumber("openTimeUs"u8, signal.OpenTimeUs);
        json.WriteNumber("candleVersion"u8, signal.CandleVersion);
        json.WriteStartObject("indicators"u8);
        foreach (var (name, value) in signal.Indicators)
        {
            if (value is { } known) json.WriteNumber(name, known);
            else json.WriteNull(name);
        }
        json.WriteEndObject();
        json.WriteStartArray("anomalies"u8);
        foreach (var anomaly in signal.Anomalies) Write(json, anomaly);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Appends the anomalies as a JSON array, as they are in a signal.</summary>
    public static void WriteAnomalies(IBufferWriter<byte> output, IReadOnlyList<Anomaly> anomalies)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        foreach (var anomaly in anomalies) Write(json, anomaly);
        json.WriteEndArray();
    }

    /// <summary>Reads what <see cref="WriteAnomalies"/> wrote.</summary>
    /// <exception cref="JsonException">It is no array of anomalies; the message names the field.</exception>
    public static List<Anomaly> ReadAnomalies(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        return AnomaliesOf(document.RootElement);
    }

    /// <summary>Reads a signal; unknown properties are skipped.</summary>
    /// <exception cref="JsonException">The value is no signal; the message names the field.</exception>
    public static Signal Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("not a JSON object");
        if (!Instrument.TryParse($"{Text(root, "venue")}:{Text(root, "symbol")}", Venues.Binance, out var instrument))
            throw new JsonException("venue or symbol is unknown");
        if (!Interval.TryParse(Text(root, "interval"), out var interval)) throw new JsonException("interval is unknown");
        var indicators = Field(root, "indicators", JsonValueKind.Object).EnumerateObject().Select(p => KeyValuePair.Create(p.Name, ValueOf(p))).ToList();
        return new Signal(instrument, interval, Count(root, "openTimeUs"), Count(root, "candleVersion"), indicators,
            AnomaliesOf(Field(root, "anomalies", JsonValueKind.Array)));
    }

    private static void Write(Utf8JsonWriter json, Anomaly anomaly)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, anomaly.Kind);
        json.WriteString("severity"u8, anomaly.Severity);
        json.WriteString("message"u8, anomaly.Message);
        json.WritePropertyName("evidence"u8);
        json.WriteRawValue(anomaly.Evidence);
        json.WriteEndObject();
    }

    private static List<Anomaly> AnomaliesOf(JsonElement array) =>
    [
        .. array.EnumerateArray().Select(a => new Anomaly(
            Text(a, "kind"), Text(a, "severity"), Text(a, "message"), Field(a, "evidence", JsonValueKind.Object).GetRawText())),
    ];

    private static double? ValueOf(JsonProperty property) => property.Value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => property.Value.GetDouble(),
        _ => throw new JsonException($"{property.Name} is no number"),
    };

    private static JsonElement Field(JsonElement root, string name, JsonValueKind kind) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new JsonException($"{name} is missing");

    private static string Text(JsonElement root, string name) =>
        Field(root, name, JsonValueKind.String).GetString() is { Length: > 0 } text ? text : throw new JsonException($"{name} is empty");

    private static long Count(JsonElement root, string name) =>
        Field(root, name, JsonValueKind.Number).TryGetInt64(out var value) && value >= 0 ? value : throw new JsonException($"{name} is no count");
}
