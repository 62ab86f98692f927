using System.Net.Sockets;

namespace Crypto.Contracts;

/// <summary>What an HttpClient throws where a request fails on the network.</summary>
public static class HttpFailure
{
    /// <summary>
    /// Whether it is such a failure. A bare SocketException is one too: the client asks each new connection for its other end,
    /// which throws it where that end has reset the connection already (.NET 10).
    /// </summary>
    public static bool Is(Exception e) => e is HttpRequestException or SocketException;
}
