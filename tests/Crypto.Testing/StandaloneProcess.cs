using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Crypto.Testing;

/// <summary>
/// The standalone host as a real process, as a user starts it. The test project must reference Crypto.Standalone (with
/// <c>ReferenceOutputAssembly="false"</c> where it needs only the program) so that it is built.
/// </summary>
public sealed partial class StandaloneProcess : StandaloneSystem
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private StandaloneProcess(Process process, string[] arguments)
        : base(arguments) => _process = process;

    public int ProcessId => _process.Id;

    public override bool HasExited => _process.HasExited;

    public override int ExitCode => _process.ExitCode;

    public override string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts <c>crypto ARGUMENTS</c>; <c>--http</c> must be among them to be asked anything.</summary>
    public static StandaloneProcess Start(params string[] arguments) => Start([], arguments);

    /// <summary>As above, with variables of the environment beside this process's own.</summary>
    public static StandaloneProcess Start(Dictionary<string, string> environment, string[] arguments)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal) ? "Release" : "Debug";
        var program = Path.Combine(TestData.RepositoryRoot, "Crypto.Standalone", "bin", configuration, "net10.0", "Crypto.Standalone.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        var standalone = new StandaloneProcess(process, arguments);
        process.OutputDataReceived += standalone.Collect;
        process.ErrorDataReceived += standalone.Collect;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return standalone;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, then waits for the end and returns the exit code.</summary>
    public override async Task<int> StopAsync(TimeSpan within)
    {
        if (Kill(_process.Id, Terminate) != 0) throw new InvalidOperationException("the process cannot be signalled");
        using var patience = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the process did not stop within {within}:\n{Output}");
        }
        return _process.ExitCode;
    }

    /// <summary>Waits for the process to end by itself and returns its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (!_process.HasExited)
        {
            // Gently first, so that its PostgreSQL server goes with it.
            _ = Kill(_process.Id, Terminate);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
    }

    private const int Terminate = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    private void Collect(object sender, DataReceivedEventArgs line)
    {
        lock (_output) _output.AppendLine(line.Data);
    }
}
