using Crypto.Contracts;
using Crypto.Testing;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>Instruments have small ids that never change, whoever asks first.</summary>
public sealed class InstrumentStoreTests : IAsyncLifetime
{
    private static readonly Instrument Spot = new(Venues.Binance, "BTCUSDT");
    private static readonly Instrument Futures = new(Venues.BinanceUsdm, "BTCUSDT");
    private TestPostgres _postgres = null!;
    private InstrumentStore _store = null!;

    public async Task InitializeAsync()
    {
        _postgres = await TestPostgres.CreateAsync();
        _store = new InstrumentStore(_postgres.DataSource);
    }

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Fact]
    public async Task The_same_symbol_of_two_venues_is_two_instruments()
    {
        var (spot, futures) = (await _store.GetOrCreateAsync(Spot, default), await _store.GetOrCreateAsync(Futures, default));

        Assert.NotEqual(spot, futures);
        Assert.Equal(new Dictionary<Instrument, int> { [Spot] = spot, [Futures] = futures }, await _store.AllAsync(default));
    }

    [Fact]
    public async Task Whoever_asks_gets_the_same_id()
    {
        var id = await _store.GetOrCreateAsync(Spot, default);
        var another = new InstrumentStore(_postgres.DataSource);

        Assert.Equal(id, await _store.GetOrCreateAsync(Spot, default));
        Assert.Equal(id, await another.GetOrCreateAsync(Spot, default));
        Assert.Equal(id, await another.FindAsync(Spot, default));
    }

    [Fact]
    public async Task Roles_that_meet_a_new_instrument_in_the_same_moment_make_it_once()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => new InstrumentStore(_postgres.DataSource));

        var ids = await Task.WhenAll(stores.Select(store => store.GetOrCreateAsync(Spot, default).AsTask()));

        Assert.Single(ids.Distinct());
        Assert.Equal(1L, await _postgres.ScalarAsync<long>("select count(*) from market.instruments"));
    }

    [Fact]
    public async Task An_instrument_that_is_not_known_yet_is_found_once_somebody_has_made_it()
    {
        Assert.Null(await _store.FindAsync(Spot, default));
        var id = await new InstrumentStore(_postgres.DataSource).GetOrCreateAsync(Spot, default);

        Assert.Equal(id, await _store.FindAsync(Spot, default));
    }

    [Fact]
    public async Task To_make_what_exists_leaves_its_high_water_mark_alone()
    {
        await _store.GetOrCreateAsync(Spot, default);
        await _postgres.ExecuteAsync("update market.instruments set high_water = 4711");

        await new InstrumentStore(_postgres.DataSource).GetOrCreateAsync(Spot, default);

        Assert.Equal(4711L, await _postgres.ScalarAsync<long>("select high_water from market.instruments"));
    }
}
