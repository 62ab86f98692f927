using Crypto.Postgres.Local;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Page.Tests.Support;

/// <summary>A folder and ports for the standalone host that serves the page; it may be killed and started again.</summary>
internal sealed class PageHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly string _folder;
    private readonly string[] _options;
    private readonly int _http = FreePorts.Take();
    private readonly int[] _ports = [.. Enumerable.Range(0, 4).Select(_ => FreePorts.Take())];

    // All but one, so that there are candles that nobody folds.
    private static readonly string[] Intervals =
        [.. new[] { "1s", "1m", "5m", "15m", "1h", "1d" }.SelectMany((interval, i) => new[] { "--set", $"Aggregation:Intervals:{i}={interval}" })];

    private PageHost(string[] options)
    {
        _options = options;
        _folder = Directory.CreateTempSubdirectory("crypto-page-").FullName;
        // Root hands the database's part of it to another account.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Process = Start();
    }

    public StandaloneProcess Process { get; private set; }

    public string Url => $"http://127.0.0.1:{_http}";

    /// <summary>Starts <c>up</c> with the given options and waits until it is healthy.</summary>
    public static async Task<PageHost> StartAsync(params string[] options)
    {
        var host = new PageHost(options);
        await host.Process.HealthyAsync(Patience);
        return host;
    }

    /// <summary>SIGKILL: the page loses its server in the middle of a stream.</summary>
    public async Task KillAsync() => await Process.KillAsync();

    /// <summary>Starts the killed host again on the same ports and data.</summary>
    public async Task StartAgainAsync()
    {
        await Process.DisposeAsync();
        Process = Start();
        await Process.HealthyAsync(Patience);
    }

    /// <summary>Waits until every id of the symbol is stored.</summary>
    public async Task CompleteAsync(string symbol) => await Process.UntilAsync(
        $"/coverage/{symbol}", json => json.GetProperty("complete").GetBoolean(), Patience);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await StopLeftoverPostgresAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private StandaloneProcess Start() => StandaloneProcess.Start(
    [
        "up", "--data", _folder, "--http", $"{_http}", "--grpc", $"{_ports[0]}", "--kafka", $"{_ports[1]}",
        "--postgres-port", $"{_ports[2]}", "--market-port", $"{_ports[3]}", .. Intervals, .. _options,
    ]);

    // A killed process leaves its server running, which the next start would adopt; there is no next start.
    private async Task StopLeftoverPostgresAsync()
    {
        var folder = Path.Combine(_folder, "postgres");
        if (!File.Exists(Path.Combine(folder, "cluster", "postmaster.pid"))) return;
        await using var server = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { Folder = folder }, NullLogger.Instance, CancellationToken.None);
    }
}
