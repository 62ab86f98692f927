using System.ComponentModel.DataAnnotations;

namespace Crypto.Query.Grpc.Wire;

/// <summary>Limits of the portable gRPC server. Section <c>Query:Grpc</c>.</summary>
public sealed class WireOptions
{
    /// <summary>Bytes that a request message may have, after decompression; more is RESOURCE_EXHAUSTED.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxReceiveMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Responses of fewer bytes are sent as they are, even to a client that takes gzip.</summary>
    [Range(0, int.MaxValue)]
    public int CompressFromBytes { get; set; } = 1024;
}
