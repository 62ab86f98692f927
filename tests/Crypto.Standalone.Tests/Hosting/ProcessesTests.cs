using System.Diagnostics;
using Crypto.Standalone.Hosting;
using Crypto.Testing;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>Programs that a command runs end with it, and what they say is not lost.</summary>
public sealed class ProcessesTests
{
    private static readonly string Folder = Path.GetTempPath();
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task Lines_come_in_order_with_the_exit_code_at_the_end()
    {
        var lines = new List<string>();

        var code = await Processes.RunAsync("bash", ["-c", "echo one; echo 'two words'; exit 3"], Folder, Nothing, default, lines.Add);

        Assert.Equal(["one", "two words"], lines);
        Assert.Equal(3, code);
    }

    [Fact]
    public async Task Arguments_folder_and_environment_reach_the_program_as_they_are()
    {
        using var folder = new TemporaryFolder();
        var lines = new List<string>();

        await Processes.RunAsync("bash", ["-c", "echo \"$1|$GREETING\"; pwd -P", "bash", "a \"b\" $c"], folder.Path,
            new Dictionary<string, string> { ["GREETING"] = "good day" }, default, lines.Add);

        Assert.Equal("a \"b\" $c|good day", lines[0]);
        Assert.EndsWith(Path.GetFileName(folder.Path), lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_stopped_takes_its_programs_with_it()
    {
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource<int>();
        var run = Processes.RunAsync("bash", ["-c", "sleep 600 & echo $!; wait"], Folder, Nothing, stop.Token,
            line => started.TrySetResult(int.Parse(line, provider: null)));
        var child = await started.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(TimeSpan.FromSeconds(60)));
        await Eventually.IsTrueAsync(() => !IsRunning(child), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_quiet_program_is_judged_by_its_exit_code()
    {
        Assert.Equal(0, await Processes.QuietAsync("bash", ["-c", "echo unheard"], Folder, default));
        Assert.Equal(1, await Processes.QuietAsync("bash", ["-c", "exit 1"], Folder, default));
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
