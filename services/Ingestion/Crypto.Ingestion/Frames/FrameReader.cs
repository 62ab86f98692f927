using System.Text.Json;

namespace Crypto.Ingestion.Frames;

/// <summary>Reads a frame with the JSON reader: any order, any further fields, any spacing.</summary>
internal static class FrameReader
{
    /// <exception cref="JsonException">The frame is no JSON, or not one object.</exception>
    public static FrameFields Read(ReadOnlySpan<byte> frame)
    {
        var json = new Utf8JsonReader(frame);
        var fields = new FrameFields();
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new JsonException("not an object");
        ReadObject(ref json, ref fields, isOutermost: true);
        while (json.Read()) throw new JsonException("something follows the object");
        return fields;
    }

    private static void ReadObject(ref Utf8JsonReader json, ref FrameFields fields, bool isOutermost)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueIsEscaped || json.ValueSpan.Length == 0)
            {
                json.Skip();
                continue;
            }
            var name = json.ValueSpan;
            json.Read();
            if (name.Length == 1) ReadField(ref json, ref fields, name[0]);
            else if (isOutermost && name.SequenceEqual("data"u8) && json.TokenType == JsonTokenType.StartObject)
                ReadObject(ref json, ref fields, isOutermost: false);
            else if (isOutermost && name.SequenceEqual("stream"u8) && json.TokenType == JsonTokenType.String)
                fields.IsNoEvent |= !json.ValueSpan.EndsWith("@trade"u8);
            else if (isOutermost && (name.SequenceEqual("result"u8) || name.SequenceEqual("error"u8)))
            {
                fields.IsNoEvent = true;
                json.Skip();
            }
            else json.Skip();
        }
    }

    private static void ReadField(ref Utf8JsonReader json, ref FrameFields fields, byte name)
    {
        var isText = json.TokenType == JsonTokenType.String && !json.ValueIsEscaped;
        var start = (int)json.TokenStartIndex + 1;
        switch (name)
        {
            case (byte)'e' when isText:
                fields.Event = NameOf(json.ValueSpan);
                break;
            case (byte)'s' when isText:
                fields.SetSymbol(start, json.ValueSpan.Length);
                break;
            case (byte)'p' when isText:
                fields.SetPrice(start, json.ValueSpan.Length);
                break;
            case (byte)'q' when isText:
                fields.SetQuantity(start, json.ValueSpan.Length);
                break;
            case (byte)'X' when isText:
                fields.IsNotApplicable = json.ValueSpan.SequenceEqual("NA"u8);
                break;
            case (byte)'t' when IsInteger(ref json, out var id):
                fields.SetTradeId(id);
                break;
            case (byte)'T' when IsInteger(ref json, out var time):
                fields.SetTradeTime(time);
                break;
            case (byte)'E' when IsInteger(ref json, out var time):
                fields.SetEventTime(time);
                break;
            case (byte)'m' when json.TokenType is JsonTokenType.True or JsonTokenType.False:
                fields.SetBuyerMaker(json.TokenType == JsonTokenType.True);
                break;
            default:
                json.Skip();
                break;
        }
    }

    internal static EventName NameOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("trade"u8) ? EventName.Trade
        : name.SequenceEqual("serverShutdown"u8) ? EventName.ServerShutdown
        : EventName.Other;

    private static bool IsInteger(ref Utf8JsonReader json, out long value)
    {
        value = 0;
        return json.TokenType == JsonTokenType.Number && json.TryGetInt64(out value);
    }
}
