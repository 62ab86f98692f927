using System.Diagnostics;

namespace Crypto.Standalone.Hosting;

/// <summary>Runs other programs; they end with us.</summary>
internal static class Processes
{
    /// <summary>Runs a program with its output on ours, or line by line to <paramref name="onLine"/>; returns its exit code.</summary>
    public static async Task<int> RunAsync(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellation, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = onLine is not null };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            if (onLine is not null)
            {
                while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line) onLine(line);
            }
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode;
    }

    /// <summary>Runs a program and drops what it prints.</summary>
    public static Task<int> QuietAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken cancellation) =>
        RunAsync(program, arguments, folder, new Dictionary<string, string>(), cancellation, static _ => { });
}
