using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crypto.Query.Grpc.Wire;

/// <summary>Maps every method of a table to <c>POST /service/method</c>.</summary>
internal sealed class WireBinder(IEndpointRouteBuilder endpoints, WireEndpoint endpoint) : IGrpcMethodBinder
{
    public void Unary<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var parser = new MessageParser<TRequest>(() => new TRequest());
        Map(method, isStream: false, async call =>
        {
            var request = await call.Reader.ReadSingleAsync(parser, call.Cancellation);
            call.Writer.Write(await method.Handler(request, call.Context, call.Cancellation));
        });
    }

    public void ServerStreaming<TRequest, TResponse>(ServerStreamingMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var parser = new MessageParser<TRequest>(() => new TRequest());
        Map(method, isStream: true, async call =>
        {
            var request = await call.Reader.ReadSingleAsync(parser, call.Cancellation);
            await SendAllAsync(call, method.Handler(request, call.Context, call.Cancellation));
        });
    }

    public void Duplex<TRequest, TResponse>(DuplexMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var parser = new MessageParser<TRequest>(() => new TRequest());
        Map(method, isStream: true, call => SendAllAsync(call, method.Handler(ReadAllAsync(call, parser), call.Context, call.Cancellation)));
    }

    private static async Task SendAllAsync<TResponse>(WireCall call, IAsyncEnumerable<TResponse> responses)
        where TResponse : class, IMessage<TResponse>
    {
        await foreach (var response in responses.WithCancellation(call.Cancellation))
        {
            call.Writer.Write(response);
            await call.FlushAsync();
        }
    }

    private static async IAsyncEnumerable<TRequest> ReadAllAsync<TRequest>(
        WireCall call, MessageParser<TRequest> parser, [EnumeratorCancellation] CancellationToken cancellation = default)
        where TRequest : class, IMessage<TRequest>
    {
        while (await call.Reader.ReadAsync(parser, call.Cancellation) is { } request) yield return request;
    }

    private void Map(GrpcMethod method, bool isStream, Func<WireCall, Task> run)
    {
        var name = method.FullName;
        endpoints.MapPost("/" + name, (RequestDelegate)(http => endpoint.HandleAsync(http, name, isStream, run)))
            .WithDisplayName("gRPC " + name).WithMetadata(method.Descriptor).ExcludeFromDescription();
    }
}
