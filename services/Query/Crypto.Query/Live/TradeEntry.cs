using System.Buffers;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Rest;

namespace Crypto.Query.Live;

/// <summary>A trade with its form on the wire, made once however many clients get it.</summary>
internal sealed class TradeEntry(Trade trade)
{
    private byte[]? _json;

    public Trade Trade { get; } = trade;

    /// <summary>One object of <c>/prices/{symbol}</c>, UTF-8; also an event of <c>/stream/trades</c>.</summary>
    public ReadOnlyMemory<byte> Json => _json ??= Format();

    private byte[] Format()
    {
        var output = new ArrayBufferWriter<byte>(320);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
            RestJson.WriteTrade(json, Trade);
        return output.WrittenSpan.ToArray();
    }
}
