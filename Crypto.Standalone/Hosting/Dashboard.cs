using System.Diagnostics;
using Crypto.Contracts;
using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Hosting;

/// <summary>The standalone Aspire dashboard: a child process that takes traces, metrics and logs and shows them.</summary>
internal sealed class Dashboard : IDisposable
{
    // The first start of a version unpacks it.
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _mark;

    private Dashboard(Process process, int port, string mark)
    {
        (_process, _mark) = (process, mark);
        Url = new Uri($"http://127.0.0.1:{port}");
        Collector = new Uri($"http://127.0.0.1:{port + 1}");
    }

    /// <summary>What to open in a browser, and what <c>aspire otel</c> takes as <c>--dashboard-url</c>.</summary>
    public Uri Url { get; }

    /// <summary>Takes OTLP over gRPC.</summary>
    public Uri Collector { get; }

    /// <summary>
    /// Starts it and waits until it answers; null, with a line that says so, where there is no <c>aspire</c> command. One that a
    /// killed process left behind on this port is taken over with what it has been told, one on another port is ended.
    /// </summary>
    /// <param name="port">The page's; OTLP is on the next two, over gRPC and over HTTP.</param>
    /// <param name="folder">Where it is noted for the next start.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="UsageException">A port is taken.</exception>
    /// <exception cref="FatalException">It does not start.</exception>
    public static async Task<Dashboard?> StartAsync(int port, string folder, CancellationToken cancellation)
    {
        var mark = DashboardMark.PathOf(folder, port);
        if (await TakeOverAsync(port, folder, mark, cancellation) is { } left) return left;
        if (FindProgram() is not { } program)
        {
            Console.WriteLine("crypto: no dashboard, since there is no command aspire here: install the Aspire CLI (aspire.dev), or name it in CRYPTO_ASPIRE");
            return null;
        }
        for (var offset = 0; offset < 3; offset++) Ports.RequireFree("--dashboard-port (it and the next two are used)", port + offset);
        string[] arguments =
        [
            "dashboard", "run", "--allow-anonymous", "--non-interactive", "--nologo", "--frontend-url", $"http://127.0.0.1:{port}",
            "--otlp-grpc-url", $"http://127.0.0.1:{port + 1}", "--otlp-http-url", $"http://127.0.0.1:{port + 2}",
        ];
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPIRE_CLI_TELEMETRY_OPTOUT"] = start.Environment["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true";
        // Else each start asks the package feed for a newer CLI, which nobody here would read of.
        start.Environment["features__updateNotificationsEnabled"] = "false";
        var dashboard = new Dashboard(Process.Start(start)!, port, mark);
        DashboardMark.Write(mark, dashboard._process);
        try
        {
            await dashboard.AnswersAsync(cancellation);
            return dashboard;
        }
        catch
        {
            dashboard.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        End(_process);
        _process.Dispose();
        File.Delete(_mark);
    }

    private static async Task<Dashboard?> TakeOverAsync(int port, string folder, string mark, CancellationToken cancellation)
    {
        foreach (var (path, left) in DashboardMark.FindLeft(folder))
        {
            if (path == mark && await IsServingAsync(port, cancellation))
            {
                DashboardMark.Write(path, left);
                return new Dashboard(left, port, path);
            }
            End(left);
            left.Dispose();
            File.Delete(path);
        }
        return null;
    }

    // A loaded machine answers late: a dashboard that is alive gets the time of a few requests.
    private static async Task<bool> IsServingAsync(int port, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        try
        {
            using var answer = await http.GetAsync($"http://127.0.0.1:{port}/", cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (HttpFailure.Is(e) || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }

    private static void End(Process process)
    {
        if (process.HasExited) return;
        process.Kill(entireProcessTree: true);
        process.WaitForExit(EndTime);
    }

    private static string? FindProgram()
    {
        if (Environment.GetEnvironmentVariable("CRYPTO_ASPIRE") is { Length: > 0 } named) return File.Exists(named) ? named : null;
        var name = OperatingSystem.IsWindows() ? "aspire.exe" : "aspire";
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private async Task AnswersAsync(CancellationToken cancellation)
    {
        var said = new System.Text.StringBuilder();
        void Collect(object sender, DataReceivedEventArgs line)
        {
            lock (said) said.AppendLine(line.Data);
        }
        _process.OutputDataReceived += Collect;
        _process.ErrorDataReceived += Collect;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(5) };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StartTime);
        while (!_process.HasExited && !patience.IsCancellationRequested)
        {
            try
            {
                using var answer = await http.GetAsync("/", patience.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (HttpFailure.Is(e) || e is OperationCanceledException)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
        cancellation.ThrowIfCancellationRequested();
        lock (said) throw new FatalException($"the dashboard does not start: {said.ToString().Trim()}");
    }
}
