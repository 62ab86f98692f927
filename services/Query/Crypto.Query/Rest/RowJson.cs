using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crypto.Contracts;

namespace Crypto.Query.Rest;

/// <summary>Rows as JSON by their properties: camelCase, decimals as strings, times RFC 3339 with microseconds.</summary>
internal static class RowJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new DecimalText(), new TimeText() },
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>A property with a row, several rows, or a value of one.</summary>
    public static void WriteRow<T>(this Utf8JsonWriter json, string name, T value)
    {
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, value, Options);
    }

    private sealed class DecimalText : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            decimal.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class TimeText : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTime();

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(UnixTime.ToRfc3339(UnixTime.ToMicroseconds(value)));
    }
}
