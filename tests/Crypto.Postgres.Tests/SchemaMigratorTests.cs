using Crypto.Contracts;
using Crypto.Testing;
using Npgsql;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>How a database comes to the schema of the program that opens it.</summary>
public sealed class SchemaMigratorTests : IAsyncLifetime
{
    private static readonly Migration First = new(1, "V001__first", "create table market.first (id int)");
    private static readonly Migration Second = new(2, "V002__second", "create table market.second (id int)");
    private static readonly Migration Area = new(10, "V010__area", "create table market.area (id int)");
    private TestPostgres _postgres = null!;

    public async Task InitializeAsync() => _postgres = await TestPostgres.CreateEmptyAsync();

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Fact]
    public async Task Hosts_that_start_together_apply_every_migration_once()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SchemaMigrator.MigrateAsync(_postgres.DataSource, default)));

        Assert.Equal(Migration.All().Count, applied.Max());
        Assert.Equal(applied.Max(), applied.Sum());
        Assert.Equal(Migration.All().Select(m => m.Version), await VersionsAsync());
    }

    [Fact]
    public async Task A_database_that_is_up_to_date_is_left_alone()
    {
        Assert.Equal(2, await MigrateAsync(First, Second));
        await _postgres.ExecuteAsync("insert into market.first values (7)");

        Assert.Equal(0, await MigrateAsync(First, Second));
        Assert.Equal(7, await _postgres.ScalarAsync<int>("select id from market.first"));
    }

    [Fact]
    public async Task An_area_that_numbers_its_own_range_may_come_before_a_lower_version()
    {
        await MigrateAsync(First, Area);

        Assert.Equal(1, await MigrateAsync(First, Second, Area));
        Assert.Equal([1, 2, 10], await VersionsAsync());
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_used_as_it_is()
    {
        await MigrateAsync(First, Second, Area);

        Assert.Equal(0, await MigrateAsync(First, Second));
        Assert.Equal([1, 2, 10], await VersionsAsync());
    }

    [Fact]
    public async Task A_migration_whose_text_changed_since_is_refused_and_nothing_is_applied()
    {
        await MigrateAsync(First);
        var rewritten = new Migration(1, "V001__first", "create table market.first (id bigint)");

        var refusal = await Assert.ThrowsAsync<FatalException>(() => MigrateAsync(rewritten, Second));

        Assert.Equal(
            $"migration V001__first is not the one that database '{_postgres.Database}' was made with: " +
            "use the program version that made it, or an empty database", refusal.Message);
        Assert.Equal([1], await VersionsAsync());
    }

    [Fact]
    public async Task After_a_migration_that_fails_the_database_is_as_before()
    {
        await MigrateAsync(First);
        var broken = new Migration(3, "V003__broken", "create table market.third (id int); select 1 / 0");

        var failure = await Assert.ThrowsAsync<FatalException>(() => MigrateAsync(First, Second, broken));

        Assert.Equal("migration V003__broken failed, nothing was changed: 22012 division by zero", failure.Message);
        Assert.IsType<PostgresException>(failure.InnerException);
        Assert.Equal([1], await VersionsAsync());
        Assert.True(await _postgres.ScalarAsync<bool>("select to_regclass('market.second') is null and to_regclass('market.third') is null"));
    }

    [Fact]
    public async Task A_migration_that_was_mended_is_applied_by_the_next_start()
    {
        await Assert.ThrowsAsync<FatalException>(() => MigrateAsync(First, new Migration(2, "V002__second", "create table nonsense")));

        Assert.Equal(2, await MigrateAsync(First, Second));
    }

    [Fact]
    public async Task A_server_that_is_away_is_for_the_caller_to_explain()
    {
        await using var nowhere = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={FreePorts.Take()};Username=nobody;Password=none");

        await Assert.ThrowsAsync<NpgsqlException>(() => SchemaMigrator.MigrateAsync(nowhere, default));
    }

    [Fact]
    public void The_line_ends_of_a_checkout_do_not_make_another_migration()
    {
        Assert.Equal(new Migration(1, "V001__a", "a\nb\n").Checksum, new Migration(1, "V001__a", "a\r\nb\r\n").Checksum);
        Assert.NotEqual(new Migration(1, "V001__a", "a\nb\n").Checksum, new Migration(1, "V001__a", "a\nb").Checksum);
    }

    [Fact]
    public void The_embedded_scripts_are_in_order_and_named_by_their_version() =>
        Assert.All(Migration.All(), migration =>
            Assert.StartsWith($"V{migration.Version:000}__", migration.Name, StringComparison.Ordinal));

    private Task<int> MigrateAsync(params Migration[] migrations) => SchemaMigrator.MigrateAsync(_postgres.DataSource, migrations, default);

    private Task<List<int>> VersionsAsync() => Sql.ColumnAsync<int>(_postgres.DataSource, "select version from market.schema_migrations order by 1");
}
