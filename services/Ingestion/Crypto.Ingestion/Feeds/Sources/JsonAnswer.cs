using System.Text.Json;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>Reads a source's JSON answer; what is no such answer at all is a failure of the source, not a bad item.</summary>
internal static class JsonAnswer
{
    public static JsonDocument Parse(byte[] body, string source)
    {
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

    /// <summary>The string value, or null where it is missing or no string.</summary>
    public static string? Text(this JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
