using System.Diagnostics;
using System.Globalization;
using Crypto.EmbeddedKafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Bench.Kafka;

/// <summary>A broker in a process of its own (this program again), so that its memory can be told and it can be killed.</summary>
internal sealed class BrokerProcess : IDisposable
{
    private readonly Process _process;

    private BrokerProcess(Process process, int port)
    {
        _process = process;
        BootstrapServers = $"127.0.0.1:{port}";
    }

    internal string BootstrapServers { get; }

    internal double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    internal static async Task<BrokerProcess> StartAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(BrokerProcess).Assembly.Location, "kafka", "serve", folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
                return new BrokerProcess(process, int.Parse(line[6..], CultureInfo.InvariantCulture));
        }
        throw new InvalidOperationException("the broker process ended before it served");
    }

    /// <summary>The other side: serves until the input ends.</summary>
    internal static async Task ServeAsync(string folder)
    {
        var options = new EmbeddedKafkaOptions { Port = 0, DataFolder = folder, DefaultPartitions = 12 };
        await using var broker = await EmbeddedKafkaBroker.StartAsync(options, NullLoggerFactory.Instance);
        Console.WriteLine($"ready {broker.Port}");
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }
}
