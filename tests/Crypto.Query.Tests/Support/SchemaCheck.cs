using System.Globalization;
using System.Text.Json;

namespace Crypto.Query.Tests.Support;

/// <summary>Holds JSON against a schema of an OpenAPI document: as much of JSON Schema as ours uses.</summary>
internal static class SchemaCheck
{
    /// <summary>What is wrong, each with its place; nothing where the value is as the schema says.</summary>
    public static IEnumerable<string> Errors(JsonElement document, JsonElement schema, JsonElement value, string place = "$")
    {
        schema = Resolve(document, schema);
        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && Types(type).Contains("number")))
            return [$"{place} is {TypeOf(value)}, not {type}"];
        if (schema.TryGetProperty("enum", out var choices) && choices.EnumerateArray().All(choice => choice.GetString() != value.GetString()))
            return [$"{place} is {value}, which is none of {choices}"];
        return value.ValueKind switch
        {
            JsonValueKind.Object => Members(document, schema, value, place),
            JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) =>
                Errors(document, schema.GetProperty("items"), item, $"{place}[{i}]")),
            JsonValueKind.String when schema.TryGetProperty("format", out var format) && !IsOf(format.GetString()!, value.GetString()!) =>
                [$"{place} is '{value}', which is no {format}"],
            _ => [],
        };
    }

    /// <summary>What a reference points to; anything else as it is.</summary>
    public static JsonElement Resolve(JsonElement document, JsonElement value)
    {
        if (!value.TryGetProperty("$ref", out var reference)) return value;
        return reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name));
    }

    private static IEnumerable<string> Members(JsonElement document, JsonElement schema, JsonElement value, string place)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(n => n.GetString()!).Where(name => !value.TryGetProperty(name, out _)))
                yield return $"{place} has no {name}";
        }
        if (!schema.TryGetProperty("properties", out var properties)) properties = default;
        var others = schema.TryGetProperty("additionalProperties", out var additional) ? additional : default;
        foreach (var member in value.EnumerateObject())
        {
            var known = properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(member.Name, out var own) ? own : others;
            if (known.ValueKind == JsonValueKind.False) yield return $"{place} has {member.Name}, which the document does not know";
            if (known.ValueKind != JsonValueKind.Object) continue;
            foreach (var error in Errors(document, known, member.Value, $"{place}.{member.Name}")) yield return error;
        }
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    private static bool IsOf(string format, string text) => format switch
    {
        "decimal" => decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "date-time" => DateTime.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        _ => throw new InvalidOperationException($"the test knows no format {format}"),
    };
}
