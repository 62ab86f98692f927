using System.Text.Json;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>Reads a source's JSON answer; what is no such answer at all is a failure of the source, not a bad item.</summary>
internal static class JsonAnswer
{
    public static JsonDocument Parse(byte[] body, string source)
    {
        // The parser lets any bytes pass inside a string, and fails where the string is read.
        if (!System.Text.Unicode.Utf8.IsValid(body)) throw new FeedUnavailableException($"{source} answers with bytes that are no UTF-8");
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException e)
        {
            throw new FeedUnavailableException($"{source} answers with something else than JSON: {e.Message}", inner: e);
        }
    }

    public static JsonElement Array(JsonElement parent, string? name, string source)
    {
        var list = parent;
        if (name is not null && (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out list)))
            throw new FeedUnavailableException($"{source} answers without '{name}'");
        return list.ValueKind == JsonValueKind.Array ? list : throw new FeedUnavailableException($"{source} answers without a list");
    }

    /// <summary>The string value, or null where it is missing, no string, or holds half a character (<c>\ud800</c>).</summary>
    public static string? Text(this JsonElement item, string name)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
