using System.Text.Json;
using Crypto.Testing;

namespace Crypto.EndToEnd.Tests;

/// <summary>A folder and a set of ports for one pipeline, which may run as one process or as several.</summary>
internal sealed class Pipeline : IAsyncDisposable
{
    private readonly List<StandaloneSystem> _systems = [];

    public Pipeline()
    {
        Folder = Directory.CreateTempSubdirectory("crypto-e2e-").FullName;
        // Root hands the database's part of it to another account.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
    }

    public string Folder { get; }

    public int Http { get; } = FreePorts.Take();

    public int Kafka { get; } = FreePorts.Take();

    public int Postgres { get; } = FreePorts.Take();

    private int Market { get; } = FreePorts.Take();

    private int Grpc { get; } = FreePorts.Take();

    /// <summary>Starts <c>up</c> with this pipeline's folder and ports and the given options, in a process of its own.</summary>
    public StandaloneProcess Up(params string[] options) => Add(StandaloneProcess.Start(Arguments(Http, options)));

    /// <summary>As <see cref="Up"/>, but in this process.</summary>
    public StandaloneSystem UpHere(params string[] options) => Add(ResidentSystem.Start(Arguments(Http, options)));

    /// <summary>Starts one role, or several, in a process of their own; only <c>query</c> serves on <see cref="Http"/>.</summary>
    public StandaloneProcess UpRole(string roles, params string[] options) => Add(StandaloneProcess.Start(Arguments(
        roles.Contains("query", StringComparison.Ordinal) ? Http : FreePorts.Take(), ["--roles", roles, .. options])));

    public async ValueTask DisposeAsync()
    {
        foreach (var system in Enumerable.Reverse(_systems)) await system.DisposeAsync();
        await StopLeftoverPostgresAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>What the exchange's data became, without what may differ between two runs: a comparable text.</summary>
    public static async Task<string> ResultAsync(StandaloneSystem query, params string[] symbols)
    {
        var result = new StringWriter();
        foreach (var symbol in symbols)
        {
            foreach (var interval in new[] { "1m", "5m", "15m", "1h", "4h", "1d" })
            {
                var candles = await query.GetAsync($"/ohlc/{symbol}?interval={interval}&limit=1000");
                foreach (var candle in candles.GetProperty("candles").EnumerateArray())
                    result.WriteLine($"{symbol} {interval} {Canonical(candle)}");
            }
            var coverage = await query.GetAsync($"/coverage/{symbol}");
            foreach (var name in new[] { "firstTradeId", "lastTradeId", "stored", "void", "complete", "ranges" })
                result.WriteLine($"{symbol} {name} {coverage.GetProperty(name).GetRawText()}");
        }
        return result.ToString();
    }

    /// <summary>Waits until the symbol's ledger is complete up to the given number of stored trades.</summary>
    public static Task<JsonElement> StoredAsync(StandaloneSystem query, string symbol, long trades, TimeSpan within) =>
        query.UntilAsync($"/coverage/{symbol}", json =>
            json.GetProperty("stored").GetInt64() == trades && json.GetProperty("complete").GetBoolean(), within);

    // When an incomplete candle becomes final depends on when its last trade came, which is no matter of the exchange.
    private static string Canonical(JsonElement candle) => string.Join(' ', candle.EnumerateObject()
        .Where(field => field.Name is not ("revision" or "version")
            && (field.Name != "state" || candle.GetProperty("complete").GetBoolean()))
        .Select(field => $"{field.Name}={field.Value.GetRawText()}"));

    private string[] Arguments(int http, string[] options)
    {
        string[] defaults =
        [
            "--data", Folder, "--http", $"{http}", "--grpc", $"{Grpc}", "--kafka", $"{Kafka}",
            "--postgres-port", $"{Postgres}", "--market-port", $"{Market}",
        ];
        var kept = defaults.Chunk(2).Where(option => !options.Contains(option[0])).SelectMany(option => option);
        return ["up", .. kept, .. options];
    }

    private T Add<T>(T system)
        where T : StandaloneSystem
    {
        _systems.Add(system);
        return system;
    }

    // A killed process leaves its server running, which the next start would adopt; there is no next start.
    private async Task StopLeftoverPostgresAsync()
    {
        var folder = Path.Combine(Folder, "postgres");
        if (!File.Exists(Path.Combine(folder, "cluster", "postmaster.pid"))) return;
        await using var server = await Crypto.Postgres.Local.LocalPostgres.StartAsync(
            new Crypto.Postgres.Local.LocalPostgresOptions { Folder = folder },
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, CancellationToken.None);
    }
}
