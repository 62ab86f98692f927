using Crypto.Market.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Crypto.AppHost.Tests;

/// <summary>Calls methods by name: the contracts project has the messages, not generated clients.</summary>
internal sealed class CallInvokerOf(GrpcChannel channel)
{
    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        await channel.CreateCallInvoker().AsyncUnaryCall(MethodOf<TRequest, TResponse>(MethodType.Unary, method), null, default, request);

    public AsyncServerStreamingCall<TResponse> Stream<TRequest, TResponse>(string method, TRequest request, CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        channel.CreateCallInvoker().AsyncServerStreamingCall(
            MethodOf<TRequest, TResponse>(MethodType.ServerStreaming, method), null, new CallOptions(cancellationToken: cancellation), request);

    private static Method<TRequest, TResponse> MethodOf<TRequest, TResponse>(MethodType type, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(type, MarketDataReflection.Descriptor.Services[0].FullName, name, MarshallerOf<TRequest>(), MarshallerOf<TResponse>());

    private static Marshaller<T> MarshallerOf<T>()
        where T : class, IMessage<T>, new() =>
        Marshallers.Create(message => message.ToByteArray(), new MessageParser<T>(() => new T()).ParseFrom);
}
