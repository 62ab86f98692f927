using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Crypto.Contracts;

/// <summary>Exact decimals and plain spans on System.Text.Json's low-level reader and writer.</summary>
public static class JsonReading
{
    /// <summary>Writes the decimal as a JSON string with its own scale, e.g. <c>"61685.99000000"</c>.</summary>
    public static void WriteDecimalString(this Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal value)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }

    /// <summary>The bytes of a string value; empty for anything else, or for a string with escapes.</summary>
    public static ReadOnlySpan<byte> StringSpan(this scoped ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && !json.ValueIsEscaped && !json.HasValueSequence ? json.ValueSpan : default;

    /// <summary>The one JSON object that these bytes are; nothing may follow it.</summary>
    /// <exception cref="JsonException">They are something else.</exception>
    internal static JsonDocument ParseObject(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var document = JsonDocument.ParseValue(ref reader);
        try
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || reader.Read()) throw new JsonException("not a JSON object");
            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    public static long LongOr(this ref Utf8JsonReader json, long fallback) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var value) ? value : fallback;

    /// <summary>
    /// A positive decimal given as a JSON string in plain digits, exact; <paramref name="fallback"/> where it is none.
    /// </summary>
    public static decimal DecimalOr(this ref Utf8JsonReader json, decimal fallback)
    {
        var text = json.StringSpan();
        return DecimalText.IsPositive(text) && Utf8Parser.TryParse(text, out decimal value, out var used) && used == text.Length && used > 0 ? value : fallback;
    }
}
