using System.Runtime.CompilerServices;
using Crypto.Query.Grpc;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace Crypto.Query.Service.Grpc;

/// <summary>Turns each method of the table into one of Grpc.AspNetCore's.</summary>
internal sealed class AspNetCoreBinder(ServiceMethodProviderContext<MarketDataService> context) : IGrpcMethodBinder
{
    public void Unary<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        context.AddUnaryMethod(Describe<TRequest, TResponse>(method, MethodType.Unary), [], (_, request, call) =>
            method.Handler(request, CallOf(call), call.CancellationToken));

    public void ServerStreaming<TRequest, TResponse>(ServerStreamingMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        context.AddServerStreamingMethod(Describe<TRequest, TResponse>(method, MethodType.ServerStreaming), [], (_, request, answers, call) =>
            SendAsync(method.Handler(request, CallOf(call), call.CancellationToken), answers, call));

    public void Duplex<TRequest, TResponse>(DuplexMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        context.AddDuplexStreamingMethod(Describe<TRequest, TResponse>(method, MethodType.DuplexStreaming), [], (_, requests, answers, call) =>
            SendAsync(method.Handler(ReadAsync(requests, call.CancellationToken), CallOf(call), call.CancellationToken), answers, call));

    private static GrpcCall CallOf(ServerCallContext call) =>
        new(call.GetHttpContext(), call.Method, call.Deadline == DateTime.MaxValue ? null : call.Deadline);

    private static async Task SendAsync<T>(IAsyncEnumerable<T> messages, IServerStreamWriter<T> answers, ServerCallContext call)
    {
        await foreach (var message in messages.WithCancellation(call.CancellationToken))
            await answers.WriteAsync(message, call.CancellationToken);
    }

    private static async IAsyncEnumerable<T> ReadAsync<T>(
        IAsyncStreamReader<T> requests, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await requests.MoveNext(cancellation)) yield return requests.Current;
    }

    private static Method<TRequest, TResponse> Describe<TRequest, TResponse>(GrpcMethod method, MethodType type)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(type, method.Descriptor.Service.FullName, method.Descriptor.Name, MarshallerOf<TRequest>(), MarshallerOf<TResponse>());

    private static Marshaller<T> MarshallerOf<T>()
        where T : class, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(() => new T());
        return Marshallers.Create(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence()));
    }
}
