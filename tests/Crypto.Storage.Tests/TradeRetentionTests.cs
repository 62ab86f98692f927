using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Storage.Trades;
using Crypto.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class TradeRetentionTests
{
    [Theory]
    [InlineData(1, "2024-08-11")]
    [InlineData(2, "2024-08-10 2024-08-11")]
    [InlineData(3, "2024-08-09 2024-08-10 2024-08-11")]
    public async Task Days_are_dropped_by_the_markets_own_time(int keepDays, string kept)
    {
        await using var store = await Store.CreateAsync();
        await new MarketSourceStore(store.Postgres.DataSource).EnsureAsync(
            new MarketSource("recorded", Venues.Binance, "a1", MarketClock.Original), default);
        var day = UnixTime.ToMicroseconds(new DateTime(2024, 8, 9, 12, 0, 0, DateTimeKind.Utc));
        await store.StoreAsync(new TestLog().Add(Enumerable.Range(0, 3).Select(
            i => Records.Value(Records.Trade(i, timeUs: day + (i * Interval.OneDay.LengthUs))))));
        await using var services = Services(store.Postgres);

        await ActivatorUtilities.CreateInstance<TradeRetention>(services).DropAsync(keepDays, default);

        Assert.Equal(kept, string.Join(' ', await store.ListAsync<string>("select trade_time::date::text from market.trades order by 1")));
        Assert.Equal("0..2", await store.LedgerAsync());
    }

    [Fact]
    public async Task A_live_market_counts_its_days_by_the_wall_clock()
    {
        await using var store = await Store.CreateAsync();
        await new MarketSourceStore(store.Postgres.DataSource).EnsureAsync(MarketSource.Live(Venues.Binance), default);
        var today = new DateTime(2024, 8, 12, 12, 0, 0, DateTimeKind.Utc);
        await store.StoreAsync(new TestLog().Add(Enumerable.Range(0, 4).Select(
            i => Records.Value(Records.Trade(i, timeUs: UnixTime.ToMicroseconds(today.AddDays(i - 3)))))));
        await using var services = Services(store.Postgres);
        var retention = ActivatorUtilities.CreateInstance<TradeRetention>(services, new StandingClock(today));

        Assert.Equal(2, await retention.DropAsync(keepDays: 2, default));
        Assert.Equal(0, await retention.DropAsync(keepDays: 2, default));

        Assert.Equal([2L, 3L], await store.IdsAsync());
    }

    [Fact]
    public async Task A_recording_of_which_nothing_is_stored_yet_has_no_day_to_count_from()
    {
        await using var store = await Store.CreateAsync();
        await new MarketSourceStore(store.Postgres.DataSource).EnsureAsync(
            new MarketSource("recorded", Venues.Binance, "a1", MarketClock.Original), default);
        await using var services = Services(store.Postgres);

        Assert.Equal(0, await ActivatorUtilities.CreateInstance<TradeRetention>(services).DropAsync(1, default));
    }

    [Theory]
    [InlineData("Storage:KeepDays", "0", "Storage:KeepDays is 0")]
    [InlineData("Storage:SessionTimeout", "00:00:30", "Storage:SessionTimeout is 00:00:30")]
    [InlineData("Storage:MaxBatchRecords", "0", "Storage:MaxBatchRecords is 0")]
    [InlineData("Storage:Linger", "00:01:00", "Storage:Linger is 00:01:00")]
    [InlineData("Storage:Group", "", "Storage:Group is empty")]
    public async Task A_bad_setting_is_named_with_its_value(string setting, string value, string expected)
    {
        await using var services = Services(null, (setting, value));
        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<StorageOptions>>().Value);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(TestPostgres? postgres, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings.Append(("Kafka:BootstrapServers", "127.0.0.1:9092")).ToDictionary(s => s.Item1, s => (string?)s.Item2)).Build();
        var services = new ServiceCollection().AddLogging().AddKafkaClients(configuration).AddStorage(configuration);
        if (postgres is not null) services.AddSingleton(postgres.DataSource);
        return services.BuildServiceProvider();
    }

    private sealed class StandingClock(DateTime now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(now);
    }
}
