using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Crypto.Testing;

/// <summary>
/// The standalone host as a real process, as a user starts it. The test project must reference Crypto.Standalone (with
/// <c>ReferenceOutputAssembly="false"</c> where it needs only the program) so that it is built.
/// </summary>
public sealed partial class StandaloneProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private StandaloneProcess(Process process, HttpClient http)
    {
        _process = process;
        Http = http;
    }

    /// <summary>Talks to the process's <c>--http</c> port.</summary>
    public HttpClient Http { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts <c>crypto ARGUMENTS</c>; <c>--http</c> must be among them for <see cref="Http"/> to work.</summary>
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
        var httpPort = arguments.SkipWhile(a => a != "--http").Skip(1).FirstOrDefault() ?? "8080";
        var process = Process.Start(start)!;
        _ = Uri.TryCreate($"http://127.0.0.1:{httpPort}", UriKind.Absolute, out var address); // a test may give nonsense
        var standalone = new StandaloneProcess(process, new HttpClient { BaseAddress = address });
        process.OutputDataReceived += standalone.Collect;
        process.ErrorDataReceived += standalone.Collect;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return standalone;
    }

    /// <summary>Waits until <c>/health</c> answers 200.</summary>
    public Task<JsonElement> HealthyAsync(TimeSpan? within = null) =>
        UntilAsync("/health", static _ => true, within ?? TimeSpan.FromSeconds(60));

    /// <summary>Asks <paramref name="path"/> until it answers 200 with JSON that satisfies the condition.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition, TimeSpan within)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(within.TotalSeconds * Stopwatch.Frequency);
        var last = "no answer";
        while (Stopwatch.GetTimestamp() < deadline)
        {
            var asked = Stopwatch.GetTimestamp();
            if (HasExited) throw new InvalidOperationException($"the process ended with {ExitCode} before {path} was as awaited:\n{Output}");
            try
            {
                using var response = await Http.GetAsync(path);
                last = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                {
                    var json = JsonDocument.Parse(last).RootElement;
                    if (condition(json)) return json;
                }
            }
            catch (HttpRequestException e)
            {
                last = e.Message;
            }
            await Eventually.PauseAsync(TimeSpan.FromMilliseconds(100), asked);
        }
        throw new TimeoutException($"{path} was not as awaited within {within}; last: {last}\n{Output}");
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, then waits for the end and returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan within)
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

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
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
