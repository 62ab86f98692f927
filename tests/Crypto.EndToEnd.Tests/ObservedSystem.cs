using System.Net;
using System.Net.Sockets;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>The whole pipeline on the sample, with the dashboard where there is one. Shared by tests that only look.</summary>
public sealed class ObservedSystem : IAsyncLifetime
{
    private readonly Pipeline _pipeline = new();

    public StandaloneProcess Process { get; private set; } = null!;

    /// <summary>Where the dashboard's page is.</summary>
    public string Dashboard { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var port = PortsInARow(3);
        Dashboard = $"http://127.0.0.1:{port}";
        if (AspireFactAttribute.IsServed) await AspireCli.InstallAsync();
        Process = _pipeline.Up(AspireFactAttribute.IsServed ? ["--dashboard", "--dashboard-port", $"{port}"] : []);
        await Process.UntilAsync("/ohlc/ETHUSDT?interval=1m&limit=1",
            json => json.GetProperty("candles").GetArrayLength() > 0, TimeSpan.FromMinutes(3));
    }

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();

    // The first of some ports in a row that nothing listens on.
    private static int PortsInARow(int count)
    {
        while (true)
        {
            var first = FreePorts.Take();
            if (first + count > 65_536) continue;
            try
            {
                for (var port = first; port < first + count; port++)
                {
                    using var probe = new TcpListener(IPAddress.Loopback, port);
                    probe.Start();
                }
                return first;
            }
            catch (SocketException)
            {
                // One of them is taken: look elsewhere.
            }
        }
    }
}
