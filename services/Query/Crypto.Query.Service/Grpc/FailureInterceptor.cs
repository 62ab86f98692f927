using Crypto.Query.Grpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Crypto.Query.Service.Grpc;

/// <summary>Ends failed calls with the statuses and details that the portable server gives, too.</summary>
internal sealed partial class FailureInterceptor(ILogger<FailureInterceptor> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Translate(e, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Translate(e, context);
        }
    }

    private RpcException Translate(Exception failure, ServerCallContext call)
    {
        var status = GrpcFailures.ToStatus(failure);
        if (status.Status == GrpcStatus.Internal) Failed(failure, call.Method);
        var trailers = new Metadata();
        if (status.Details.Count > 0)
        {
            var full = new Rpc.Status { Code = (int)status.Status, Message = status.Message };
            full.Details.AddRange(status.Details.Select(detail => Any.Pack(detail)));
            trailers.Add("grpc-status-details-bin", full.ToByteArray());
        }
        return new RpcException(new Status((StatusCode)status.Status, status.Message), trailers);
    }

    [LoggerMessage(LogLevel.Error, "{Method} failed")]
    private partial void Failed(Exception failure, string method);
}
