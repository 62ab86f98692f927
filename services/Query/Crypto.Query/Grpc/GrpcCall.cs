using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Grpc;

/// <summary>What a handler may know of its call, whichever server runs it (both stand on ASP.NET Core).</summary>
/// <param name="Http">The HTTP/2 request; its headers are the call's metadata.</param>
/// <param name="Method">The path, e.g. <c>/crypto.market.v1.MarketData/ListCandles</c>.</param>
/// <param name="Deadline">When the client stops waiting, UTC; null where it set none.</param>
public readonly record struct GrpcCall(HttpContext Http, string Method, DateTime? Deadline);

/// <summary>One request, one response.</summary>
/// <exception cref="GrpcStatusException">The call ends with that status.</exception>
public delegate Task<TResponse> UnaryHandler<in TRequest, TResponse>(
    TRequest request, GrpcCall call, CancellationToken cancellation);

/// <summary>One request, responses until the sequence ends or the client goes; the next is asked for once the last was sent.</summary>
public delegate IAsyncEnumerable<TResponse> ServerStreamingHandler<in TRequest, out TResponse>(
    TRequest request, GrpcCall call, CancellationToken cancellation);

/// <summary>Requests and responses flow independently of each other.</summary>
public delegate IAsyncEnumerable<TResponse> DuplexHandler<in TRequest, out TResponse>(
    IAsyncEnumerable<TRequest> requests, GrpcCall call, CancellationToken cancellation);
