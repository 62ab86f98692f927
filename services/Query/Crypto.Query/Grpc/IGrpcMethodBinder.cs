using Google.Protobuf;

namespace Crypto.Query.Grpc;

/// <summary>
/// A gRPC server that takes methods from a <see cref="GrpcMethodTable"/>: the portable one in <c>Wire</c>, or Grpc.AspNetCore
/// through its <c>IServiceMethodProvider</c> in the service host.
/// </summary>
public interface IGrpcMethodBinder
{
    void Unary<TRequest, TResponse>(UnaryMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new();

    void ServerStreaming<TRequest, TResponse>(ServerStreamingMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new();

    void Duplex<TRequest, TResponse>(DuplexMethod<TRequest, TResponse> method)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new();
}
