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

    /// <summary>Sockets that the process holds, the listener's included (Linux).</summary>
    internal int OpenSockets => Directory.GetFiles($"/proc/{_process.Id}/fd").Count(IsSocket);

    internal bool IsRunning => !_process.HasExited;

    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <param name="folder">Where it keeps its data.</param>
    /// <param name="port">Where it listens; 0 for a free port.</param>
    /// <param name="settings">Of <see cref="EmbeddedKafkaOptions"/>, as NAME=VALUE.</param>
    internal static Task<BrokerProcess> StartAsync(string folder, int port, params string[] settings) =>
        StartUnderAsync([], folder, port, settings);

    /// <summary>Starts it by another program, such as a tracer.</summary>
    internal static async Task<BrokerProcess> StartUnderAsync(string[] starter, string folder, int port, params string[] settings)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Crypto.EmbeddedKafka.Host.dll");
        string[] command = [.. starter, "dotnet", program, folder, port.ToString(CultureInfo.InvariantCulture), .. settings];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
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

    /// <summary>Ends it as it likes to be ended.</summary>
    internal async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
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

    private static bool IsSocket(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // closed since it was listed
        }
    }
}
