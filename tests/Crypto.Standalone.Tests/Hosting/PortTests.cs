using System.Net;
using System.Net.Sockets;
using Crypto.Standalone.Commands;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Tests.Hosting;

public sealed class PortTests
{
    [Fact]
    public void A_port_in_use_is_named_with_the_option_that_moves_it()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;

        var refusal = Assert.Throws<UsageException>(() => Ports.RequireFree("--grpc", port));

        Assert.Equal($"port {port} is in use or not ours to use: choose another with --grpc", refusal.Message);
    }

    [Fact]
    public void A_free_port_is_left_free()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var endpoint = (IPEndPoint)occupant.LocalEndpoint;
        occupant.Stop();

        Ports.RequireFree("--http", endpoint.Port);

        using var later = new TcpListener(endpoint);
        later.Start();
    }

    [Fact]
    public void A_closed_api_needs_no_port() => Ports.RequireFree("--http", 0);
}
