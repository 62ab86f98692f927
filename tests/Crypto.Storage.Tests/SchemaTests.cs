using Crypto.Contracts;
using Crypto.Postgres;
using Crypto.Testing;
using Npgsql;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class SchemaTests : IAsyncLifetime
{
    private TestPostgres _postgres = null!;

    public async Task InitializeAsync() => _postgres = await TestPostgres.CreateAsync();

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Fact]
    public async Task Several_hosts_may_migrate_an_empty_database_at_once()
    {
        await _postgres.ExecuteAsync("drop schema market cascade");

        var applied = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => SchemaMigrator.MigrateAsync(_postgres.DataSource, default)));

        Assert.Equal(4, applied.Count(count => count == 0));
        Assert.Equal(applied.Sum(), await _postgres.ScalarAsync<long>("select count(*) from market.schema_migrations"));
    }

    [Fact]
    public async Task A_migration_that_was_changed_afterwards_is_refused_with_one_line()
    {
        await _postgres.ExecuteAsync("update market.schema_migrations set checksum = 'other' where version = 1");

        var refusal = await Assert.ThrowsAsync<FatalException>(() => SchemaMigrator.MigrateAsync(_postgres.DataSource, default));

        Assert.Contains("V001__store", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task The_store_remembers_its_market_and_refuses_another()
    {
        var store = new MarketSourceStore(_postgres.DataSource);
        Assert.Null(await store.ReadAsync(default));
        var recorded = new MarketSource("recorded", Venues.Binance, "a1b2", MarketClock.Original);
        await store.EnsureAsync(recorded, default);
        await store.EnsureAsync(recorded, default);
        Assert.Equal(recorded, await store.ReadAsync(default));

        foreach (var other in new[] { MarketSource.Live(Venues.Binance), recorded with { Clock = MarketClock.Now }, recorded with { Recording = "c3" } })
        {
            var refusal = await Assert.ThrowsAsync<FatalException>(() => store.EnsureAsync(other, default));
            Assert.Contains(recorded.ToString(), refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
        }
    }

    [Fact]
    public async Task An_instrument_has_one_id_however_many_ask_at_once()
    {
        var instrument = new Instrument(Venues.Binance, "SOLUSDT");
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => new InstrumentStore(_postgres.DataSource).GetOrCreateAsync(instrument, default).AsTask()));

        Assert.Single(ids.Distinct());
        Assert.Equal(ids[0], await new InstrumentStore(_postgres.DataSource).FindAsync(instrument, default));
        Assert.Null(await new InstrumentStore(_postgres.DataSource).FindAsync(instrument with { Venue = Venues.BinanceUsdm }, default));
    }

    [Fact]
    public async Task The_reader_reads_and_the_writer_needs_no_ownership()
    {
        await _postgres.ExecuteAsync("set role crypto_writer; select market.ensure_trades_day('2024-08-09'); reset role");

        Assert.Equal(0, await _postgres.ScalarAsync<long>("set role crypto_reader; select count(*) from market.crypto_prices"));
        foreach (var forbidden in new[] { "delete from market.trades", "select market.drop_trades_before('2030-01-01')" })
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => _postgres.ExecuteAsync($"set role crypto_reader; {forbidden}"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }
        await Assert.ThrowsAsync<PostgresException>(() => _postgres.ExecuteAsync("set role crypto_writer; drop table market.trades_20240809"));
    }

    [Fact]
    public async Task The_view_speaks_the_names_that_people_know()
    {
        await using var store = await Store.CreateAsync();
        await store.StoreAsync(new TestLog().Trades([1, 2]));

        Assert.Equal(2, await store.Postgres.ScalarAsync<long>(
            "select count(*) from market.crypto_prices where symbol = 'BTCUSDT' and price = 61685.99 and event_time < processed_at"));
    }
}
