using Crypto.Contracts;
using Crypto.Testing;
using Xunit;

namespace Crypto.Query.Tests.Support;

/// <summary>A server over a store with something of everything that the API tells. Shared by tests that only read.</summary>
public sealed class FullMarket : IAsyncLifetime
{
    private TestPostgres? _database;
    private QueryServer? _server;

    public HttpClient Http => _server!.Http;

    public Uri GrpcUrl => _server!.GrpcUrl;

    public IServiceProvider Services => _server!.Services;

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateAsync();
        await StoreSeed.SourceAsync(_database.DataSource, MarketClock.Original);
        var trades = RecordedTrades.Read(TestData.SpotBtcusdt);
        var id = await StoreSeed.TradesAsync(_database.DataSource, [.. trades.Take(2000)]);
        await StoreSeed.CandlesAsync(_database.DataSource, NaiveFold.Fold(trades, Interval.OneMinute));
        await StoreSeed.ContextAsync(_database, id);
        await _database.ExecuteAsync($"""
            insert into market.coverage_gaps (instrument_id, first_id, last_id, reason, state, detected_at, repaired_at) values
                ({id}, 1, 2, 'reconnect, "late"', 'repaired', '2024-08-09 00:00:02.5+00', '2024-08-09 00:00:03+00'),
                ({id}, 5, 5, 'skipped', 'open', '2024-08-09 00:00:05+00', null)
            """);
        await StoreSeed.RevisionAsync(_database, id, NaiveFold.Fold(trades, Interval.OneMinute)[0]);
        await _database.ExecuteAsync($"""
            insert into market.forecasts values ({id}, 60, '2024-08-09 00:05+00', 'ewma-0.94', 0.001, 61000, 62000);
            insert into market.forecast_scores values ({id}, 60, 'ewma-0.94', 120, -13.5, -9.25, 0.0004, 0.0006, 0.96)
            """);
        _server = await QueryServer.StartAsync(_database);
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _database!.DisposeAsync();
    }
}
