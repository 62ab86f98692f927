using System.Buffers;
using System.Text.Json;

namespace Crypto.Contracts;

/// <summary>The wire form of a <see cref="CoverageEvent"/> in <c>crypto.coverage</c>.</summary>
public static class CoverageJson
{
    private static readonly string[] Kinds = ["void", "gapFound", "gapRepaired", "gapRefused"];

    public static string NameOf(CoverageKind kind) => Kinds[(int)kind];

    /// <summary>Appends the event as UTF-8 JSON.</summary>
    public static void Write(IBufferWriter<byte> output, in CoverageEvent coverage)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("venue"u8, coverage.Instrument.Venue);
        json.WriteString("symbol"u8, coverage.Instrument.Symbol);
        json.WriteString("kind"u8, NameOf(coverage.Kind));
        json.WriteNumber("firstTradeId"u8, coverage.FirstTradeId);
        json.WriteNumber("lastTradeId"u8, coverage.LastTradeId);
        json.WriteString("reason"u8, coverage.Reason);
        json.WriteNumber("timeUs"u8, coverage.TimeUs);
        json.WriteEndObject();
    }

    /// <summary>Reads an event; unknown properties are skipped.</summary>
    /// <exception cref="JsonException">The value is no coverage event; the message names the field.</exception>
    public static CoverageEvent Read(ReadOnlySpan<byte> utf8)
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

    private static CoverageEvent Read(JsonElement root)
    {
        var kind = Array.IndexOf(Kinds, Text(root, "kind"));
        if (kind < 0) throw new JsonException("kind is unknown");
        var instrument = $"{Text(root, "venue")}:{Text(root, "symbol")}";
        if (!Instrument.TryParse(instrument, Venues.Binance, out var parsed))
            throw new JsonException("venue or symbol is unknown");
        var first = Id(root, "firstTradeId");
        var last = Id(root, "lastTradeId");
        if (first < 0 || last < first) throw new JsonException("firstTradeId and lastTradeId are no range");
        return new CoverageEvent(parsed, (CoverageKind)kind, first, last, Text(root, "reason"), Id(root, "timeUs"));
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new JsonException($"{name} is missing");

    private static long Id(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var id)
            ? id
            : throw new JsonException($"{name} is missing");
}
