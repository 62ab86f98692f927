using Crypto.Query.Data;
using Crypto.Query.Tests.Support;
using Crypto.Testing;
using Npgsql;
using Xunit;

namespace Crypto.Query.Tests.Access;

/// <summary>The query role on a server elsewhere, where nobody knows beforehand what its user may do.</summary>
public sealed class ReaderTests : IAsyncLifetime
{
    private const string Write = "insert into market.instruments (venue, symbol) values ('binance', 'XUSDT')";
    private TestPostgres _database = null!;

    private string User => $"user_of_{_database.Database}";

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateAsync();
        await _database.ExecuteAsync($"create role {User} login password 'secret' in role crypto_writer");
    }

    public async Task DisposeAsync()
    {
        await _database.ExecuteAsync($"drop owned by {User}; drop role {User}");
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_member_of_crypto_reader_lays_the_right_to_write_down()
    {
        await _database.ExecuteAsync($"grant crypto_reader to {User}");
        await using var source = Source();
        // A connection that comes back from the pool is still the reader's.
        for (var use = 0; use < 3; use++)
        {
            await using var connection = await source.OpenConnectionAsync();
            Assert.Equal(QueryDatabase.Reader, await ScalarAsync(connection, "select current_user::text"));
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection, Write));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }
    }

    [Fact]
    public async Task The_owner_of_the_server_lays_it_down_too()
    {
        var builder = new NpgsqlDataSourceBuilder(_database.ConnectionString);
        QueryDatabase.ReadOnlyWherePossible(builder);
        await using var source = builder.Build();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(QueryDatabase.Reader, await ScalarAsync(connection, "select current_user::text"));
    }

    [Fact]
    public async Task Anybody_else_reads_as_himself()
    {
        await using var source = Source();
        await using var connection = await source.OpenConnectionAsync();
        Assert.Equal(User, await ScalarAsync(connection, "select current_user::text"));
        Assert.Equal(0L, await ScalarAsync(connection, "select count(*) from market.trades"));
    }

    [Fact]
    public async Task Health_tells_as_whom_the_role_reads()
    {
        await using var server = await QueryServer.StartAsync(_database, settings: ("Query:KafkaGraceSeconds", "3600"));
        var health = await server.HealthyAsync();
        Assert.Equal(QueryDatabase.Reader, health.GetProperty("roles").GetProperty("query").Text("readsAs"));
    }

    private NpgsqlDataSource Source()
    {
        var builder = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = User, Password = "secret" }.ConnectionString);
        QueryDatabase.ReadOnlyWherePossible(builder);
        return builder.Build();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
