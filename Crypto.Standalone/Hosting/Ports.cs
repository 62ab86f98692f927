using System.Net;
using System.Net.Sockets;
using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Hosting;

/// <summary>Looks at ports before anything is started, so that a mistake costs nothing.</summary>
internal static class Ports
{
    /// <exception cref="UsageException">Something listens on the port already.</exception>
    public static void RequireFree(string option, int port)
    {
        if (port == 0) return;
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = false };
            probe.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            throw new UsageException($"port {port} is in use or not ours to use: choose another with {option}");
        }
    }
}
