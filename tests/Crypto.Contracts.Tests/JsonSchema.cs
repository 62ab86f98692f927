using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crypto.Contracts.Tests;

/// <summary>
/// The part of JSON Schema 2020-12 that the contracts use. A keyword that it does not know is an error, so that no rule of a
/// schema is passed over in silence.
/// </summary>
internal sealed class JsonSchema(JsonElement schema)
{
    private static readonly HashSet<string> Annotations = ["$schema", "$id", "title", "description", "x-version", "format"];

    public JsonElement Root => schema;

    public static JsonSchema Load(string path) => new(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement);

    public static JsonSchema Parse(string json) => new(JsonDocument.Parse(json).RootElement);

    /// <summary>What is wrong with the document, or null.</summary>
    public string? Fault(JsonElement document) => Fault(schema, document, "$");

    private static string? Fault(JsonElement schema, JsonElement value, string at)
    {
        foreach (var rule in schema.EnumerateObject())
            if (!Annotations.Contains(rule.Name) && Check(rule.Name, rule.Value, value, at) is { } fault) return fault;
        return null;
    }

    private static string? Check(string keyword, JsonElement rule, JsonElement value, string at) => keyword switch
    {
        "type" => IsOfType(rule.GetString()!, value) ? null : $"{at} is no {rule}",
        "enum" => rule.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)) ? null : $"{at} is none of {rule}",
        "required" => value.ValueKind != JsonValueKind.Object ? null
            : rule.EnumerateArray().Select(n => n.GetString()!).FirstOrDefault(n => !value.TryGetProperty(n, out _)) is { } missing ? $"{at}.{missing} is missing" : null,
        "properties" => value.ValueKind != JsonValueKind.Object ? null
            : rule.EnumerateObject().Select(p => value.TryGetProperty(p.Name, out var v) ? Fault(p.Value, v, $"{at}.{p.Name}") : null).FirstOrDefault(f => f is not null),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!) ? null : $"{at} does not match {rule}",
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.GetInt32() ? null : $"{at} is too short",
        "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= rule.GetInt32() ? null : $"{at} is too long",
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal() ? null : $"{at} is below {rule}",
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal() ? null : $"{at} is above {rule}",
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt32() ? null : $"{at} has too many items",
        "items" => value.ValueKind != JsonValueKind.Array ? null
            : value.EnumerateArray().Select((item, i) => Fault(rule, item, $"{at}[{i}]")).FirstOrDefault(f => f is not null),
        "anyOf" => rule.EnumerateArray().Any(choice => Fault(choice, value, at) is null) ? null : $"{at} fits none of the choices",
        "allOf" => rule.EnumerateArray().Select(part => Fault(part, value, at)).FirstOrDefault(f => f is not null),
        _ => throw new NotSupportedException($"the schema uses {keyword}, which this validator does not know"),
    };

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => throw new NotSupportedException($"the schema uses the type {type}, which this validator does not know"),
    };
}
