using System.Text.Json;

namespace Crypto.MarketReplay.Sockets;

/// <summary>Answers the JSON requests of a client, with Binance's answers and errors.</summary>
internal sealed class SubscriptionRequests(Subscriptions subscriptions, FrameRenderer renderer)
{
    /// <summary>Streams that one connection may have; Binance: 1024.</summary>
    public const int MaxStreams = 1024;

    private const string Methods = "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`";

    /// <summary>Carries the request out and gives the answer's JSON.</summary>
    public byte[] Answer(ReadOnlyMemory<byte> request)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(request);
        }
        catch (JsonException e)
        {
            return Error(3, $"Invalid JSON: expected value at line {e.LineNumber + 1} column {e.BytePositionInLine + 1}", null);
        }
        using (document) return Answer(document.RootElement);
    }

    private byte[] Answer(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return Error(2, "Invalid request: expected an object", null);
        if (!TryGetId(root, out var id)) return Error(2, "Invalid request: request ID must be an unsigned integer", null);
        if (!root.TryGetProperty("method", out var method) || method.ValueKind != JsonValueKind.String)
            return Error(2, "Invalid request: missing field `method` at line 1 column 1", id);
        var parameters = root.TryGetProperty("params", out var given) && given.ValueKind == JsonValueKind.Array ? given : default;
        return method.GetString() switch
        {
            "SUBSCRIBE" => Subscribe(parameters, id),
            "UNSUBSCRIBE" => Unsubscribe(parameters, id),
            "LIST_SUBSCRIPTIONS" => Result(w => WriteNames(w), id),
            "SET_PROPERTY" => SetProperty(parameters, id),
            "GET_PROPERTY" => IsCombined(parameters, 1) ? Result(w => w.WriteBooleanValue(renderer.Combined), id) : Error(0, "Unknown property", id),
            var other => Error(2, $"Invalid request: unknown variant `{other}`, expected one of {Methods} at line 1 column 1", id),
        };
    }

    private byte[] Subscribe(JsonElement parameters, JsonElement? id)
    {
        if (Streams(parameters) is not { } names) return Error(2, "Invalid request: params must be an array of stream names", id);
        if (subscriptions.Names.Union(names).Count() > MaxStreams) return Error(2, "Invalid request: too many streams", id);
        subscriptions.Add(names);
        return Result(w => w.WriteNullValue(), id);
    }

    private byte[] Unsubscribe(JsonElement parameters, JsonElement? id)
    {
        if (Streams(parameters) is not { } names) return Error(2, "Invalid request: params must be an array of stream names", id);
        subscriptions.Remove(names);
        return Result(w => w.WriteNullValue(), id);
    }

    private byte[] SetProperty(JsonElement parameters, JsonElement? id)
    {
        if (!IsCombined(parameters, 2)) return Error(0, "Unknown property", id);
        if (parameters[1].ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return Error(1, "Invalid value type: expected Boolean", id);
        renderer.Combined = parameters[1].GetBoolean();
        return Result(w => w.WriteNullValue(), id);
    }

    private static bool IsCombined(JsonElement parameters, int count) =>
        parameters.ValueKind == JsonValueKind.Array && parameters.GetArrayLength() == count
        && parameters[0].ValueKind == JsonValueKind.String && parameters[0].ValueEquals("combined");

    private static List<string>? Streams(JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Array) return null;
        var names = new List<string>();
        foreach (var name in parameters.EnumerateArray())
        {
            if (name.ValueKind != JsonValueKind.String) return null;
            names.Add(name.GetString()!);
        }
        return names;
    }

    private static bool TryGetId(JsonElement root, out JsonElement? id)
    {
        id = null;
        if (!root.TryGetProperty("id", out var given)) return true;
        id = given;
        return given.ValueKind switch
        {
            JsonValueKind.Null => true,
            JsonValueKind.Number => given.TryGetInt64(out _),
            JsonValueKind.String => given.GetString()!.Length <= 36 && given.GetString()!.All(char.IsAsciiLetterOrDigit),
            _ => false,
        };
    }

    private void WriteNames(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var name in subscriptions.Names) json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static byte[] Result(Action<Utf8JsonWriter> value, JsonElement? id) =>
        Write(json =>
        {
            json.WritePropertyName("result");
            value(json);
        }, id);

    private static byte[] Error(int code, string message, JsonElement? id) =>
        Write(json =>
        {
            json.WriteNumber("code", code);
            json.WriteString("msg", message);
        }, id);

    private static byte[] Write(Action<Utf8JsonWriter> body, JsonElement? id)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, RelaxedJson.Writer))
        {
            json.WriteStartObject();
            body(json);
            json.WritePropertyName("id");
            if (id is { } value) value.WriteTo(json);
            else json.WriteNullValue();
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }
}
