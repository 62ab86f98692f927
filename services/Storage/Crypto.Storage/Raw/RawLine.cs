using System.Buffers;
using System.Text.Json;
using Confluent.Kafka;

namespace Crypto.Storage.Raw;

/// <summary>
/// A line of the archive: <c>{"partition":3,"offset":77,"timestampMs":...,"key":"binance:BTCUSDT","value":{...}}</c>. The value is the
/// record's own JSON; bytes that are none are kept as <c>valueBase64</c>.
/// </summary>
public static class RawLine
{
    /// <summary>Appends the record's line with its line feed.</summary>
    public static void Write(IBufferWriter<byte> output, ConsumeResult<byte[], byte[]> record)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("partition"u8, record.Partition.Value);
            json.WriteNumber("offset"u8, record.Offset.Value);
            json.WriteNumber("timestampMs"u8, record.Message.Timestamp.UnixTimestampMs);
            WriteKey(json, record.Message.Key);
            WriteValue(json, record.Message.Value);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    /// <summary>The offset of a line; null where the line is torn.</summary>
    public static long? OffsetOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.GetProperty("offset"u8).GetInt64();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void WriteKey(Utf8JsonWriter json, byte[]? key)
    {
        if (key is null) json.WriteNull("key"u8);
        else if (System.Text.Unicode.Utf8.IsValid(key)) json.WriteString("key"u8, key);
        else json.WriteBase64String("keyBase64"u8, key);
    }

    private static void WriteValue(Utf8JsonWriter json, byte[]? value)
    {
        if (value is null) json.WriteNull("value"u8);
        else if (IsOneLineOfJson(value))
        {
            json.WritePropertyName("value"u8);
            json.WriteRawValue(value, skipInputValidation: true);
        }
        else json.WriteBase64String("valueBase64"u8, value);
    }

    private static bool IsOneLineOfJson(ReadOnlySpan<byte> value)
    {
        // The reader takes any bytes inside a string for characters; whoever reads the file back would not.
        if (value.IndexOfAny((byte)'\n', (byte)'\r') >= 0 || !System.Text.Unicode.Utf8.IsValid(value)) return false;
        var reader = new Utf8JsonReader(value);
        try
        {
            if (!reader.Read()) return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
