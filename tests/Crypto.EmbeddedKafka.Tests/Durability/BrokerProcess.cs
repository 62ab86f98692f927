using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Crypto.EmbeddedKafka.Tests.Durability;

/// <summary>The broker as a process that can be killed, as it happens to a real one.</summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private BrokerProcess(Process process) => _process = process;

    internal int Port { get; private set; }

    internal string BootstrapServers => $"127.0.0.1:{Port}";

    internal long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    internal static async Task<BrokerProcess> StartAsync(string folder, int port, bool flushAlways = false)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Crypto.EmbeddedKafka.Host.dll");
        string[] arguments = [program, folder, port.ToString(CultureInfo.InvariantCulture), .. flushAlways ? ["always"] : Array.Empty<string>()];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var broker = new BrokerProcess(process);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (broker._log)
                broker._log.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        string? ready = await process.StandardOutput.ReadLineAsync();
        if (ready is null || !ready.StartsWith("ready ", StringComparison.Ordinal))
            throw new InvalidOperationException($"the broker did not start: {broker.Log}");
        broker.Port = int.Parse(ready[6..], CultureInfo.InvariantCulture);
        return broker;
    }

    /// <summary>SIGKILL.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
