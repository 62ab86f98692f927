using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Crypto.Query.Grpc;

/// <summary>
/// Every gRPC method with its handler, in one place. Handlers are plain functions, so that the portable server and
/// Grpc.AspNetCore run the same code: <c>table.Bind(binder)</c>.
/// </summary>
public sealed class GrpcMethodTable
{
    private readonly List<GrpcMethod> _methods = [];

    public IReadOnlyList<GrpcMethod> Methods => _methods;

    /// <summary>The services that have at least one method here.</summary>
    public IReadOnlyList<ServiceDescriptor> Services => [.. _methods.Select(m => m.Descriptor.Service).Distinct()];

    /// <exception cref="ArgumentException">The service has no such method, or it has other types or streams.</exception>
    public GrpcMethodTable Unary<TRequest, TResponse>(
        ServiceDescriptor service, string method, UnaryHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Add(new UnaryMethod<TRequest, TResponse>(service, method, handler));

    /// <inheritdoc cref="Unary"/>
    public GrpcMethodTable ServerStreaming<TRequest, TResponse>(
        ServiceDescriptor service, string method, ServerStreamingHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Add(new ServerStreamingMethod<TRequest, TResponse>(service, method, handler));

    /// <inheritdoc cref="Unary"/>
    public GrpcMethodTable Duplex<TRequest, TResponse>(
        ServiceDescriptor service, string method, DuplexHandler<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        Add(new DuplexMethod<TRequest, TResponse>(service, method, handler));

    /// <summary>Hands every method to a server.</summary>
    public void Bind(IGrpcMethodBinder binder)
    {
        foreach (var method in _methods) method.Bind(binder);
    }

    private GrpcMethodTable Add(GrpcMethod method)
    {
        if (_methods.Any(m => m.FullName == method.FullName)) throw new ArgumentException($"{method.FullName} has a handler already");
        _methods.Add(method);
        return this;
    }
}
