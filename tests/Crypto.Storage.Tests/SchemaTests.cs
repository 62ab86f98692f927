using Xunit;

namespace Crypto.Storage.Tests;

public sealed class SchemaTests
{
    [Fact]
    public async Task The_view_speaks_the_names_that_people_know()
    {
        await using var store = await Store.CreateAsync();
        await store.StoreAsync(new TestLog().Trades([1, 2]));

        Assert.Equal(2, await store.Postgres.ScalarAsync<long>(
            "select count(*) from market.crypto_prices where symbol = 'BTCUSDT' and price = 61685.99 and event_time < processed_at"));
    }
}
