using System.Diagnostics;

namespace Crypto.Bench.Query;

/// <summary>The query role with its database and broker in a process of its own (this program again).</summary>
internal sealed class QueryServerProcess : IDisposable
{
    private readonly Process _process;

    private QueryServerProcess(Process process, string[] ready)
    {
        _process = process;
        (Grpc, Http, Empty) = (new Uri(ready[1]), new Uri(ready[2]), new Uri(ready[3]));
    }

    public Uri Grpc { get; }

    public Uri Http { get; }

    /// <summary>An ASP.NET application with one endpoint that answers nothing, HTTP/2.</summary>
    public Uri Empty { get; }

    public double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>What the process has used of all cores since it started.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<QueryServerProcess> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(QueryServerProcess).Assembly.Location, "query", QueryServer.Argument])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal)) return new QueryServerProcess(process, line.Split(' '));
        }
        throw new InvalidOperationException("the server process ended before it served");
    }

    /// <summary>Starts or ends the publishing of a candle's states, a hundred a second.</summary>
    public void Publish(bool on) => _process.StandardInput.WriteLine(on ? "publish" : "rest");

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
