using Crypto.Testing;
using Npgsql;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>A managed server gives no superuser: its administrator may make roles, and owns the database.</summary>
public sealed class RoleOwnerTests : IAsyncLifetime
{
    private TestPostgres _database = null!;
    private NpgsqlDataSource _source = null!;

    private string User => $"admin_of_{_database.Database}";

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateEmptyAsync();
        await _database.ExecuteAsync($"create role {User} login createrole password 'secret'");
        // The roles are on this server already. From PostgreSQL 16 on their maker has just this of them, before it to be a maker is enough.
        if (await _database.ScalarAsync<int>("select current_setting('server_version_num')::int") >= 160000)
            await _database.ExecuteAsync($"grant crypto_reader, crypto_writer to {User} with admin true, inherit false, set false");
        await _database.ExecuteAsync($"alter database {_database.Database} owner to {User}");
        _source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = User, Password = "secret" });
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.ExecuteAsync($"drop owned by {User} cascade; alter database {_database.Database} owner to current_user; drop role {User}");
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_administrator_makes_the_schema_and_may_become_its_reader()
    {
        await SchemaMigrator.MigrateAsync(_source, default);

        await using var connection = await _source.OpenConnectionAsync();
        await using var become = new NpgsqlCommand("set role crypto_reader", connection);
        await become.ExecuteNonQueryAsync();
        await using var read = new NpgsqlCommand("select count(*) from market.trades", connection);
        Assert.Equal(0L, await read.ExecuteScalarAsync());
        await using var write = new NpgsqlCommand("delete from market.trades", connection);
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => write.ExecuteNonQueryAsync())).SqlState);
    }
}
