using System.Diagnostics;

namespace Crypto.Postgres.Local;

/// <summary>
/// Runs programs as the account that owns the cluster: PostgreSQL refuses to run as root, so root switches to
/// <c>postgres</c>; everybody else stays who they are.
/// </summary>
internal static class ServerAccount
{
    private const string Unprivileged = "postgres";

    public static bool SwitchesUser { get; } = !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>Gives the folder to the account, readable by nobody else.</summary>
    public static async Task OwnAsync(string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!SwitchesUser) return;
        await RequireAsync(await RunProcessAsync("chown", ["-R", $"{Unprivileged}:", folder], cancellation).ConfigureAwait(false),
            $"cannot give {folder} to the account '{Unprivileged}', which PostgreSQL needs when started by root").ConfigureAwait(false);
        var (exitCode, _) = await RunAsync("test", ["-x", folder], cancellation).ConfigureAwait(false);
        if (exitCode != 0)
            throw new LocalPostgresException(
                $"the account '{Unprivileged}' cannot reach {folder}: choose a --data folder whose parents others may enter (chmod o+x)");
    }

    /// <summary>Runs a program as the account and returns its exit code and output.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellation) =>
        SwitchesUser
            ? RunProcessAsync("setpriv",
                [$"--reuid={Unprivileged}", $"--regid={Unprivileged}", "--init-groups", "--", program, .. arguments], cancellation)
            : RunProcessAsync(program, arguments, cancellation);

    /// <exception cref="LocalPostgresException">The program failed; the message holds its last line.</exception>
    public static Task RequireAsync((int ExitCode, string Output) result, string failure)
    {
        if (result.ExitCode == 0) return Task.CompletedTask;
        var lastLine = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        throw new LocalPostgresException($"{failure}: {lastLine ?? $"exit code {result.ExitCode}"}");
    }

    private static async Task<(int ExitCode, string Output)> RunProcessAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        // A server started by pg_ctl inherits our pipes and keeps them open, so output goes through a file.
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["LC_MESSAGES"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = new System.Text.StringBuilder();
            var open = 2;
            var allSaid = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Collect(object sender, DataReceivedEventArgs line)
            {
                lock (output)
                {
                    if (line.Data is not null) output.AppendLine(line.Data);
                    else if (--open == 0) allSaid.SetResult();
                }
            }
            process.OutputDataReceived += Collect;
            process.ErrorDataReceived += Collect;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            // Waits for the exit alone: WaitForExitAsync would wait for the pipes too, which a started server holds open.
            while (!process.HasExited) await Task.Delay(10, cancellation).ConfigureAwait(false);
            // What a program that failed said may still be under way. Not for ever: a server that it left may hold the pipes.
            if (process.ExitCode != 0)
                await Task.WhenAny(allSaid.Task, Task.Delay(TimeSpan.FromSeconds(1), cancellation)).ConfigureAwait(false);
            lock (output) return (process.ExitCode, output.ToString());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LocalPostgresException($"cannot run {program}: {e.Message}", e);
        }
    }
}
