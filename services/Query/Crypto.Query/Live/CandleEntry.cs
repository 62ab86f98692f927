using System.Buffers;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Grpc;
using Crypto.Query.Rest;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Live;

/// <summary>A candle's state with its forms on the wire, made once however many clients get it.</summary>
/// <param name="candle">The state.</param>
/// <param name="name">How the API writes the instrument.</param>
/// <param name="sequence">The series' count of changes when it came; 0 for a state that is in no series.</param>
/// <param name="trace">The trace that it came in, where it was sampled.</param>
internal sealed class CandleEntry(Candle candle, string name, long sequence = 0, AnswerTrace? trace = null)
{
    private byte[]? _json;
    private byte[]? _named;
    private Proto.StreamCandlesResponse? _message;

    public Candle Candle { get; } = candle;

    public long Sequence { get; } = sequence;

    public AnswerTrace? Trace { get; } = trace;

    /// <summary>The object of <c>/ohlc</c>, UTF-8.</summary>
    public ReadOnlyMemory<byte> Json => _json ??= Format(null);

    /// <summary>As <see cref="Json"/>, with symbol and interval: an event of <c>/stream/candles</c>.</summary>
    public ReadOnlyMemory<byte> NamedJson => _named ??= Format(name);

    /// <summary>Shared by all calls: never change it.</summary>
    public Proto.StreamCandlesResponse Message => _message ??=
        SharedBytes.Share(new Proto.StreamCandlesResponse { Candle = ProtoConvert.ToProto(Candle, name) });

    private byte[] Format(string? symbol)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
            RestJson.WriteCandle(json, Candle, symbol);
        return output.WrittenSpan.ToArray();
    }
}
