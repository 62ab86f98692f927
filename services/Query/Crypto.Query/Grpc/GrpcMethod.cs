using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Crypto.Query.Grpc;

/// <summary>A method of a service with its handler. <see cref="Bind"/> hands it to a server with its types known.</summary>
public abstract class GrpcMethod
{
    private protected GrpcMethod(ServiceDescriptor service, string name, Type request, Type response, bool fromStream, bool toStream)
    {
        Descriptor = service.FindMethodByName(name) ?? throw new ArgumentException($"{service.FullName} has no method {name}");
        if (Descriptor.InputType.ClrType != request || Descriptor.OutputType.ClrType != response)
            throw new ArgumentException($"{FullName} takes {Descriptor.InputType.FullName} and gives {Descriptor.OutputType.FullName}");
        if (Descriptor.IsClientStreaming != fromStream || Descriptor.IsServerStreaming != toStream)
            throw new ArgumentException($"{FullName} streams otherwise than its handler");
    }

    /// <summary>The method as its proto file describes it.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary><c>crypto.market.v1.MarketData/ListCandles</c>: the request path without its first slash.</summary>
    public string FullName => $"{Descriptor.Service.FullName}/{Descriptor.Name}";

    /// <summary>Calls the overload of <paramref name="binder"/> that fits this method.</summary>
    public abstract void Bind(IGrpcMethodBinder binder);
}

public sealed class UnaryMethod<TRequest, TResponse>(
    ServiceDescriptor service, string name, UnaryHandler<TRequest, TResponse> handler)
    : GrpcMethod(service, name, typeof(TRequest), typeof(TResponse), fromStream: false, toStream: false)
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    public UnaryHandler<TRequest, TResponse> Handler { get; } = handler;

    public override void Bind(IGrpcMethodBinder binder) => binder.Unary(this);
}

public sealed class ServerStreamingMethod<TRequest, TResponse>(
    ServiceDescriptor service, string name, ServerStreamingHandler<TRequest, TResponse> handler)
    : GrpcMethod(service, name, typeof(TRequest), typeof(TResponse), fromStream: false, toStream: true)
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    public ServerStreamingHandler<TRequest, TResponse> Handler { get; } = handler;

    public override void Bind(IGrpcMethodBinder binder) => binder.ServerStreaming(this);
}

public sealed class DuplexMethod<TRequest, TResponse>(
    ServiceDescriptor service, string name, DuplexHandler<TRequest, TResponse> handler)
    : GrpcMethod(service, name, typeof(TRequest), typeof(TResponse), fromStream: true, toStream: true)
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    public DuplexHandler<TRequest, TResponse> Handler { get; } = handler;

    public override void Bind(IGrpcMethodBinder binder) => binder.Duplex(this);
}
