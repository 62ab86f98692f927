using Crypto.Testing;
using Npgsql;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>What the two roles may do: read, or read and write, and in no case change the schema.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private const string Reader = "crypto_reader";
    private const string Writer = "crypto_writer";
    private const string Denied = "42501";

    private TestPostgres _postgres = null!;

    public async Task InitializeAsync()
    {
        _postgres = await TestPostgres.CreateAsync();
        await _postgres.ExecuteAsync("insert into market.instruments (venue, symbol) values ('binance', 'BTCUSDT')");
    }

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Theory]
    [InlineData(Reader)]
    [InlineData(Writer)]
    public async Task Both_read_every_table_and_view(string role)
    {
        var relations = await Sql.ColumnAsync<string>(_postgres.DataSource,
            "select oid::regclass::text from pg_class where relnamespace = 'market'::regnamespace and relkind in ('r', 'v', 'p')");

        Assert.NotEmpty(relations);
        foreach (var relation in relations) await AsAsync(role, $"select * from {relation} limit 1");
    }

    [Theory]
    [InlineData("insert into market.instruments (venue, symbol) values ('binance', 'ETHUSDT')")]
    [InlineData("update market.instruments set high_water = 9")]
    [InlineData("delete from market.coverage_ranges")]
    [InlineData("update market.stream_offsets set next_offset = 0")]
    [InlineData("delete from market.candles")]
    [InlineData("truncate market.trades")]
    [InlineData("select market.ensure_trades_day('2024-08-09')")]
    [InlineData("select market.drop_trades_before('2024-08-09')")]
    [InlineData("drop table market.candles")]
    [InlineData("create table market.mine (id int)")]
    public async Task A_reader_changes_nothing(string sql) => Assert.Equal(Denied, await RefusalAsync(Reader, sql));

    [Theory]
    [InlineData("drop table market.candles")]
    [InlineData("drop table market.trades")]
    [InlineData("truncate market.trades")]
    [InlineData("alter table market.trades add column mine int")]
    [InlineData("create table market.mine (id int)")]
    [InlineData("drop schema market cascade")]
    [InlineData("insert into market.schema_migrations (version, name, checksum) values (999, 'V999__mine', '')")]
    [InlineData("update market.schema_migrations set checksum = ''")]
    [InlineData("delete from market.schema_migrations")]
    public async Task A_writer_does_not_touch_the_schema(string sql) => Assert.Equal(Denied, await RefusalAsync(Writer, sql));

    [Fact]
    public async Task A_writer_writes_rows_and_draws_ids()
    {
        await AsAsync(Writer, "insert into market.instruments (venue, symbol) values ('binance', 'ETHUSDT')");
        await AsAsync(Writer, """
            insert into market.coverage_gaps (instrument_id, first_id, last_id, reason, state, detected_at)
            select instrument_id, 1, 2, 'reconnect', 'open', now() from market.instruments limit 1
            """);

        Assert.Equal(2L, await _postgres.ScalarAsync<long>("select count(*) from market.instruments"));
    }

    [Fact]
    public async Task A_writer_makes_and_drops_days_through_the_functions_alone()
    {
        await AsAsync(Writer, "select market.ensure_trades_day('2024-08-09')");
        await AsAsync(Writer, """
            insert into market.trades
            select instrument_id, 7, 7, 1, 1, '2024-08-09 12:00+00', '2024-08-09 12:00+00', now(), true, 0 from market.instruments
            """);
        Assert.Equal(Denied, await RefusalAsync(Writer, "drop table market.trades_20240809"));
        Assert.Equal(1L, await AsAsync(Reader, "select count(*) from market.trades"));

        Assert.Equal(1, await AsAsync(Writer, "select market.drop_trades_before('2024-08-10')"));
        Assert.Equal(0L, await AsAsync(Reader, "select count(*) from market.trades"));
    }

    [Fact]
    public async Task A_day_that_is_made_twice_is_made_once()
    {
        Assert.Equal(true, await AsAsync(Writer, "select market.ensure_trades_day('2024-08-09')"));
        Assert.Equal(false, await AsAsync(Writer, "select market.ensure_trades_day('2024-08-09')"));

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AsAsync(Writer, "select market.ensure_trades_day('2024-08-10')")));
        Assert.Single(made, true);
    }

    private async Task<object?> AsAsync(string role, string sql)
    {
        await using var connection = await _postgres.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var become = new NpgsqlCommand($"set local role {role}", connection)) await become.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        var result = await command.ExecuteScalarAsync();
        await transaction.CommitAsync();
        return result;
    }

    private async Task<string?> RefusalAsync(string role, string sql) =>
        (await Assert.ThrowsAsync<PostgresException>(() => AsAsync(role, sql))).SqlState;
}
