using Google.Protobuf;

namespace Crypto.Query.Grpc;

/// <summary>Ends a call with a status other than OK. The message and the details reach the client.</summary>
/// <param name="status">What kind of failure it is.</param>
/// <param name="message">For the person who reads the client's log.</param>
/// <param name="details"><c>google.rpc</c> error details, e.g. a <c>BadRequest</c> with its field violations.</param>
public sealed class GrpcStatusException(GrpcStatus status, string message, params IMessage[] details) : Exception(message)
{
    public GrpcStatus Status { get; } = status;

    public IReadOnlyList<IMessage> Details { get; } = details;
}
