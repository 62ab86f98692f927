using System.Diagnostics;
using Crypto.Bench.Pipeline;

namespace Crypto.Bench.Aggregate;

/// <summary>The aggregation role in a process of its own, as <c>crypto up --roles aggregation</c>; it is killed in the end.</summary>
internal sealed class RoleProcess : IDisposable
{
    private readonly Process _process;

    private RoleProcess(Process process) => _process = process;

    public static RoleProcess Start(BenchSystem system)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments =
        [
            HostProcess.Program(), "up", "--roles", "aggregation", "--http", "0", "--data", Path.Combine(system.Folder, "role"),
            "--kafka-bootstrap", system.Kafka.BootstrapServers, "--postgres", system.ConnectionString,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        // Nobody reads it, but a full pipe would hold the role up.
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return new RoleProcess(process);
    }

    /// <summary>SIGKILL.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
