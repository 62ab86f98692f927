using System.Diagnostics;
using System.Text.RegularExpressions;
using Crypto.Testing;

namespace Crypto.Query.Service.Tests;

/// <summary>Crypto.Query.Service as a process over a test's database, without a broker.</summary>
internal sealed partial class ServiceProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private ServiceProcess(Process process) => _process = process;

    public static async Task<(ServiceProcess Process, Uri GrpcUrl)> StartAsync(string database, string brokers)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal) ? "Release" : "Debug";
        var program = Path.Combine(TestData.RepositoryRoot, "services", "Query", "Crypto.Query.Service", "bin", configuration, "net10.0",
            "Crypto.Query.Service.dll");
        var start = new ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ConnectionStrings__marketdata"] = database;
        start.Environment["ConnectionStrings__kafka"] = brokers;
        start.Environment["Query__KafkaGraceSeconds"] = "3600";
        start.Environment["Kestrel__Endpoints__grpc__Url"] = "http://127.0.0.1:0";
        start.Environment["Kestrel__Endpoints__http__Url"] = "http://127.0.0.1:0";
        var process = Process.Start(start)!;
        var url = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var errors = process.StandardError.ReadToEndAsync();
        process.OutputDataReceived += async (_, line) =>
        {
            // Endpoints are bound, and told, by name: gRPC's is the first. The last line is none: the process has ended.
            if (line.Data is null) url.TrySetException(new InvalidOperationException("the service ended: " + await errors));
            else if (Listening().Match(line.Data) is { Success: true } match) url.TrySetResult(new Uri(match.Groups[1].Value));
        };
        process.BeginOutputReadLine();
        return (new ServiceProcess(process), await url.Task.WaitAsync(Patience));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
