using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>The whole pipeline on the sample, with the dashboard where there is one. Shared by tests that only look.</summary>
public sealed class ObservedSystem : IAsyncLifetime
{
    private readonly Pipeline _pipeline = new();

    public StandaloneProcess Process { get; private set; } = null!;

    /// <summary>Where the dashboard's page is.</summary>
    public string Dashboard { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var port = FreePorts.TakeInARow(3);
        Dashboard = $"http://127.0.0.1:{port}";
        if (AspireFactAttribute.IsServed) await AspireCli.InstallAsync();
        string[] dashboard = AspireFactAttribute.IsServed ? ["--dashboard", "--dashboard-port", $"{port}"] : [];
        // Nobody looks at the chart: its last hour would only keep the processors busy.
        Process = _pipeline.Up([.. dashboard, "--set", "Ingestion:FirstStartBackfill=00:01:00"]);
        await Process.UntilAsync("/ohlc/ETHUSDT?interval=1m&limit=1",
            json => json.GetProperty("candles").GetArrayLength() > 0, TimeSpan.FromMinutes(3));
    }

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();
}
