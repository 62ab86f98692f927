using System.Buffers;
using System.Text.Json;

namespace Crypto.Contracts;

/// <summary>An alert as it is in <c>crypto.alerts</c>, published at least once.</summary>
/// <param name="Id">Its number; repeats have the same.</param>
/// <param name="Symbol">What it is about.</param>
/// <param name="Kind">What was seen, such as <c>volume-spike</c>.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="MarketTimeUs">When it happened, market time in microseconds.</param>
/// <param name="Evidence">The numbers that it was judged by, a JSON object.</param>
public sealed record AlertEvent(long Id, string? Symbol, string Kind, string Severity, string Message, long MarketTimeUs, string Evidence);

/// <summary>The wire form of an <see cref="AlertEvent"/>.</summary>
public static class AlertJson
{
    /// <summary>Appends the alert as UTF-8 JSON.</summary>
    public static void Write(IBufferWriter<byte> output, AlertEvent alert)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("id"u8, alert.Id);
        json.WriteString("symbol"u8, alert.Symbol);
        json.WriteString("kind"u8, alert.Kind);
        json.WriteString("severity"u8, alert.Severity);
        json.WriteString("message"u8, alert.Message);
        json.WriteNumber("marketTimeUs"u8, alert.MarketTimeUs);
        json.WritePropertyName("evidence"u8);
        json.WriteRawValue(alert.Evidence);
        json.WriteEndObject();
    }

    /// <summary>Reads an alert; unknown properties are skipped, and evidence may be missing.</summary>
    /// <exception cref="JsonException">The value is no alert; the message names the field.</exception>
    public static AlertEvent Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("not a JSON object");
        var id = Number(root, "id");
        if (id < 1) throw new JsonException("id is below 1");
        var evidence = root.TryGetProperty("evidence", out var found) ? found : default;
        if (evidence.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object)) throw new JsonException("evidence is no object");
        return new AlertEvent(id, SymbolOf(root), Text(root, "kind"), Text(root, "severity"), Text(root, "message"), Number(root, "marketTimeUs"),
            evidence.ValueKind == JsonValueKind.Object ? evidence.GetRawText() : "{}");
    }

    private static string? SymbolOf(JsonElement root) =>
        root.TryGetProperty("symbol", out var symbol) && symbol.ValueKind is JsonValueKind.String or JsonValueKind.Null
            ? symbol.GetString()
            : throw new JsonException("symbol is missing");

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new JsonException($"{name} is missing");

    private static long Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0
            ? number
            : throw new JsonException($"{name} is missing");
}
