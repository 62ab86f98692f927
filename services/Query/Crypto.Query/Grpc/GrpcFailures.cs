using Crypto.Contracts;
using Npgsql;

namespace Crypto.Query.Grpc;

/// <summary>Turns what a handler threw into what the client is told; the same for every server.</summary>
public static class GrpcFailures
{
    /// <summary>The status for <paramref name="failure"/>. What is not meant for clients is not in its message.</summary>
    public static GrpcStatusException ToStatus(Exception failure) => failure switch
    {
        GrpcStatusException status => status,
        BadRequestException bad => new GrpcStatusException(GrpcStatus.InvalidArgument, bad.Message,
            new Rpc.BadRequest { FieldViolations = { new Rpc.BadRequest.Types.FieldViolation { Field = bad.Parameter, Description = bad.Message } } }),
        NotFoundException missing => new GrpcStatusException(GrpcStatus.NotFound, missing.Message,
            new Rpc.ResourceInfo { ResourceType = missing.Parameter, ResourceName = missing.Value, Description = missing.Message }),
        RetriableException or NpgsqlException { IsTransient: true } or TimeoutException =>
            new GrpcStatusException(GrpcStatus.Unavailable, "the store does not answer at the moment; try again"),
        OperationCanceledException => new GrpcStatusException(GrpcStatus.Cancelled, "the call was cancelled"),
        _ => new GrpcStatusException(GrpcStatus.Internal, "the server failed; its log says why"),
    };
}
