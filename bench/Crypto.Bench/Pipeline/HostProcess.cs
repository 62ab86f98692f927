using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Crypto.Contracts;

namespace Crypto.Bench.Pipeline;

/// <summary>The standalone host with a broker and a database of its own, fed by an exchange elsewhere.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly string _folder;
    private double _peakMegabytes;

    private HostProcess(Process process, HttpClient http, string folder) => (_process, _http, _folder) = (process, http, folder);

    public static HostProcess Start(string marketUrl)
    {
        var folder = Directory.CreateTempSubdirectory("crypto-bench-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var http = FreePort();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments =
        [
            Program(), "up", "--data", folder, "--market-url", marketUrl, "--http", $"{http}", "--grpc", "0",
            "--kafka", $"{FreePort()}", "--postgres-port", $"{FreePort()}",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        // Nobody reads it, but a full pipe would hold the host up.
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var host = new HostProcess(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") }, folder);
        return host;
    }

    /// <summary>Waits until the symbol has a candle with trades.</summary>
    public async Task UntilServedAsync(string symbol, CancellationToken cancellation)
    {
        while (await NewestTradeIdAsync(symbol, cancellation) < 0)
        {
            if (_process.HasExited) throw new InvalidOperationException($"the host ended with {_process.ExitCode}");
            await Task.Delay(100, cancellation);
        }
    }

    /// <summary>The last trade id in the newest candle; -1 where there is none yet.</summary>
    public async Task<long> NewestTradeIdAsync(string symbol, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.GetAsync($"/ohlc/{symbol}?interval=1m&limit=1", cancellation);
            _process.Refresh();
            _peakMegabytes = Math.Max(_peakMegabytes, _process.WorkingSet64 / 1e6);
            if (!response.IsSuccessStatusCode) return -1;
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            foreach (var candle in json.RootElement.GetProperty("candles").EnumerateArray())
            {
                if (candle.GetProperty("lastTradeId") is { ValueKind: JsonValueKind.Number } id) return id.GetInt64();
            }
            return -1;
        }
        catch (Exception e) when (HttpFailure.Is(e) && !_process.HasExited)
        {
            return -1; // not listening yet
        }
    }

    /// <summary>The largest resident size that was seen, in megabytes; PostgreSQL's processes are not in it.</summary>
    public double PeakMegabytes() => _peakMegabytes;

    public async ValueTask DisposeAsync()
    {
        using (var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await terminate.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The host as it was built.</summary>
    internal static string Program()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crypto.sln")))
                return Path.Combine(folder.FullName, "Crypto.Standalone", "bin", "Release", "net10.0", "Crypto.Standalone.dll");
        }
        throw new InvalidOperationException("bench works in a clone of the repository only");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
