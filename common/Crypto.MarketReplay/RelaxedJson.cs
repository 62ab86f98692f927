using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crypto.MarketReplay;

/// <summary>JSON as the exchange writes it: quotes and angle brackets in texts are not turned into escapes.</summary>
internal static class RelaxedJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonWriterOptions Writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
