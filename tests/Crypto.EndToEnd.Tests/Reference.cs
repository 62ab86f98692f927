using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>What an undisturbed run of both spot recordings makes of them.</summary>
[CollectionDefinition(nameof(Reference))]
public sealed class Reference : IAsyncLifetime, ICollectionFixture<Reference>
{
    private const long BtcTrades = 10_147;
    private const long EthTrades = 14_515;
    private string _result = "";

    public static string[] Recordings { get; } =
        ["--recording", TestData.PathOf(TestData.SpotBtcusdt), "--recording", TestData.PathOf(TestData.SpotEthusdt)];

    public async Task InitializeAsync()
    {
        await using var pipeline = new Pipeline();
        var process = pipeline.Up([.. Recordings, "--speed", "max"]);
        await SettledAsync(process);
        _result = await Pipeline.ResultAsync(process, "BTCUSDT", "ETHUSDT");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Waits for the end of the replay and compares everything with the undisturbed run.</summary>
    public async Task AssertSameAsync(StandaloneProcess query)
    {
        await SettledAsync(query);
        Assert.Equal(_result, await Pipeline.ResultAsync(query, "BTCUSDT", "ETHUSDT"));
    }

    private static async Task SettledAsync(StandaloneProcess query)
    {
        var patience = TimeSpan.FromSeconds(120);
        await Pipeline.StoredAsync(query, "BTCUSDT", BtcTrades, patience);
        await Pipeline.StoredAsync(query, "ETHUSDT", EthTrades, patience);
        await FoldedAsync(query, "BTCUSDT", BtcTrades);
        await FoldedAsync(query, "ETHUSDT", EthTrades);
    }

    // Folding has reached the last trade, and every candle is complete but those at the recording's two ends.
    private static async Task FoldedAsync(StandaloneProcess query, string symbol, long trades)
    {
        foreach (var interval in new[] { "1m", "5m", "15m", "1h", "4h", "1d" })
        {
            await query.UntilAsync($"/ohlc/{symbol}?interval={interval}&limit=1000",
                json => json.GetProperty("candles").EnumerateArray().Sum(c => c.GetProperty("tradeCount").GetInt64()) == trades,
                TimeSpan.FromSeconds(60));
        }
    }
}
