using Crypto.Testing;
using Xunit;

namespace Crypto.Postgres.Tests;

public sealed class SchemaTests
{
    [Fact]
    public async Task Every_test_database_has_the_whole_schema_to_itself()
    {
        await using var one = await TestPostgres.CreateAsync();
        await using var other = await TestPostgres.CreateAsync();

        await one.ExecuteAsync("insert into market.instruments (venue, symbol) values ('binance', 'BTCUSDT')");

        Assert.Equal(1L, await one.ScalarAsync<long>("select count(*) from market.instruments"));
        Assert.Equal(0L, await other.ScalarAsync<long>("select count(*) from market.instruments"));
    }
}
