using System.Text.Json;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>What an undisturbed run of both spot recordings makes of them.</summary>
[CollectionDefinition(nameof(Reference))]
public sealed class Reference : IAsyncLifetime, ICollectionFixture<Reference>
{
    private readonly Dictionary<string, JsonElement> _coverage = [];
    private string _result = "";

    /// <summary>The trades of each recording, as SOURCES.md beside them counts them.</summary>
    public static IReadOnlyDictionary<string, long> Trades { get; } = new Dictionary<string, long> { ["BTCUSDT"] = 10_147, ["ETHUSDT"] = 14_515 };

    public static string[] Recordings { get; } =
        ["--recording", TestData.PathOf(TestData.SpotBtcusdt), "--recording", TestData.PathOf(TestData.SpotEthusdt)];

    public async Task InitializeAsync()
    {
        await using var pipeline = new Pipeline();
        var process = pipeline.UpHere([.. Recordings, "--speed", "max"]);
        await SettledAsync(process);
        _result = await Pipeline.ResultAsync(process, "BTCUSDT", "ETHUSDT");
        foreach (var symbol in Trades.Keys) _coverage[symbol] = await process.GetAsync($"/coverage/{symbol}");
        Health = await process.UntilAsync("/health",
            json => json.GetProperty("market").ToString().Contains("ended", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
    }

    /// <summary>What <c>/health</c> said after the recordings' end.</summary>
    public JsonElement Health { get; private set; }

    /// <summary>What <c>/coverage/SYMBOL</c> said after the recordings' end.</summary>
    public JsonElement CoverageOf(string symbol) => _coverage[symbol];

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Waits for the end of the replay and compares everything with the undisturbed run.</summary>
    public async Task AssertSameAsync(StandaloneSystem query)
    {
        await SettledAsync(query);
        Assert.Equal(_result, await Pipeline.ResultAsync(query, "BTCUSDT", "ETHUSDT"));
    }

    private static async Task SettledAsync(StandaloneSystem query)
    {
        var patience = TimeSpan.FromSeconds(120);
        foreach (var (symbol, trades) in Trades) await Pipeline.StoredAsync(query, symbol, trades, patience);
        foreach (var (symbol, trades) in Trades) await FoldedAsync(query, symbol, trades);
    }

    // Folding has reached the last trade, and every candle is complete but those at the recording's two ends.
    private static async Task FoldedAsync(StandaloneSystem query, string symbol, long trades)
    {
        foreach (var interval in new[] { "1m", "5m", "15m", "1h", "4h", "1d" })
        {
            await query.UntilAsync($"/ohlc/{symbol}?interval={interval}&limit=1000",
                json => json.GetProperty("candles").EnumerateArray().Sum(c => c.GetProperty("tradeCount").GetInt64()) == trades,
                TimeSpan.FromSeconds(60));
        }
    }
}
