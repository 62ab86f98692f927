using System.Buffers.Binary;
using Google.Protobuf;

namespace Crypto.Query.Tests.Wire;

/// <summary>The messages of a server stream, read one at a time and only when they are asked for.</summary>
internal sealed class GrpcStream<T> : IDisposable
    where T : IMessage<T>, new()
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly MessageParser<T> Parser = new(() => new T());
    private readonly HttpResponseMessage _response;
    private readonly Stream _body;

    private GrpcStream(HttpResponseMessage response, Stream body) => (_response, _body) = (response, body);

    /// <summary>Calls a method as <c>crypto.market.v1.MarketData/StreamTrades</c>.</summary>
    public static async Task<GrpcStream<T>> OpenAsync(RawGrpc grpc, string method, IMessage request)
    {
        var response = await grpc.PostAsync("/" + method, RawGrpc.Content(RawGrpc.Frame(request)));
        return new GrpcStream<T>(response, await response.Content.ReadAsStreamAsync());
    }

    /// <exception cref="EndOfStreamException">The server ended the stream.</exception>
    public async Task<T> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var prefix = new byte[5];
        await _body.ReadExactlyAsync(prefix, patience.Token);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await _body.ReadExactlyAsync(payload, patience.Token);
        return Parser.ParseFrom(payload);
    }

    public void Dispose() => _response.Dispose();
}
