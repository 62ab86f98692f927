using Crypto.Contracts;
using Crypto.Testing;
using Xunit;

namespace Crypto.Query.Tests.Support;

/// <summary>A server over a store that holds the two spot recordings, without Kafka. Shared by tests that only read.</summary>
public sealed class RecordedMarket : IAsyncLifetime
{
    private TestPostgres? _database;
    private QueryServer? _server;

    public HttpClient Http => _server!.Http;

    public Uri GrpcUrl => _server!.GrpcUrl;

    public IReadOnlyList<Trade> Btc { get; } = RecordedTrades.Read(TestData.SpotBtcusdt);

    public IReadOnlyList<Trade> Eth { get; } = RecordedTrades.Read(TestData.SpotEthusdt);

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateAsync();
        await StoreSeed.SourceAsync(_database.DataSource, MarketClock.Original);
        foreach (var trades in new[] { Btc, Eth })
        {
            await StoreSeed.TradesAsync(_database.DataSource, trades);
            await StoreSeed.CandlesAsync(_database.DataSource, NaiveFold.Fold(trades, Interval.OneMinute));
            await StoreSeed.CandlesAsync(_database.DataSource, NaiveFold.Fold(trades, Interval.FiveMinutes));
        }
        _server = await QueryServer.StartAsync(_database, settings: ("Query:KafkaGraceSeconds", "3600"));
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _database!.DisposeAsync();
    }
}
