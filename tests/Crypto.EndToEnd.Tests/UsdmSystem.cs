using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>The USD-M recording, played to its end and folded. Shared by the tests that hold it against the exchange's own candles.</summary>
public sealed class UsdmSystem : IAsyncLifetime
{
    public const int Trades = 21_313;
    private readonly Pipeline _pipeline = new();

    public StandaloneSystem Host { get; private set; } = null!;

    /// <summary>The system's <c>--data</c>.</summary>
    public string Folder => _pipeline.Folder;

    /// <summary>The port of its PostgreSQL.</summary>
    public int Postgres => _pipeline.Postgres;

    public async Task InitializeAsync()
    {
        Host = _pipeline.UpHere("--venue", "binance-usdm", "--recording", TestData.PathOf(TestData.UsdmBtcusdt), "--speed", "max");
        await Pipeline.StoredAsync(Host, "BTCUSDT", Trades, TimeSpan.FromSeconds(90));
        await Host.UntilAsync("/ohlc/BTCUSDT?interval=1m",
            json => json.GetProperty("candles").EnumerateArray().Sum(c => c.GetProperty("tradeCount").GetInt64()) == Trades, TimeSpan.FromSeconds(90));
    }

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();
}
