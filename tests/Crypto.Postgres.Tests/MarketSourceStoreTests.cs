using Crypto.Contracts;
using Crypto.Testing;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>A store holds the data of one market; another is refused in a line that says what to do.</summary>
public sealed class MarketSourceStoreTests : IAsyncLifetime
{
    private static readonly MarketSource Recorded = new("recorded", Venues.Binance, "sample 1a2b", MarketClock.Original);
    private TestPostgres _postgres = null!;
    private MarketSourceStore _store = null!;

    public async Task InitializeAsync()
    {
        _postgres = await TestPostgres.CreateAsync();
        _store = new MarketSourceStore(_postgres.DataSource);
    }

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    public static TheoryData<MarketSource> Others =>
    [
        MarketSource.Live(Venues.Binance),
        Recorded with { Venue = Venues.BinanceUsdm },
        Recorded with { Recording = "sample 3c4d" },
        Recorded with { Clock = MarketClock.Now },
    ];

    [Fact]
    public async Task An_empty_store_has_no_source_and_takes_any()
    {
        Assert.Null(await _store.ReadAsync(default));
        await _store.EnsureAsync(Recorded, default);

        Assert.Equal(Recorded, await _store.ReadAsync(default));
    }

    [Fact]
    public async Task The_same_source_is_taken_again_and_again()
    {
        await _store.EnsureAsync(Recorded, default);
        await _store.EnsureAsync(Recorded with { }, default);

        Assert.Equal(1L, await _postgres.ScalarAsync<long>("select count(*) from market.source"));
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Another_source_is_refused_and_the_first_one_stays(MarketSource other)
    {
        await _store.EnsureAsync(Recorded, default);

        await Assert.ThrowsAsync<FatalException>(() => _store.EnsureAsync(other, default));
        Assert.Equal(Recorded, await _store.ReadAsync(default));
    }

    [Fact]
    public async Task The_refusal_names_both_markets_and_the_ways_out()
    {
        await _store.EnsureAsync(Recorded, default);

        var refusal = await Assert.ThrowsAsync<FatalException>(() => _store.EnsureAsync(MarketSource.Live(Venues.Binance), default));

        Assert.Equal(
            "the store holds data of another market (recorded binance (sample 1a2b, clock original)), this one is live binance: " +
            "choose another --data folder or database, or start with the market that it was made with", refusal.Message);
    }

    [Fact]
    public async Task Of_two_markets_that_start_together_on_an_empty_store_one_is_refused()
    {
        var starts = new[] { Recorded, MarketSource.Live(Venues.Binance) }
            .Select(source => Record.ExceptionAsync(() => new MarketSourceStore(_postgres.DataSource).EnsureAsync(source, default)));

        var failures = await Task.WhenAll(starts);

        Assert.Single(failures, failure => failure is null);
        Assert.Single(failures, failure => failure is FatalException);
    }

    [Fact]
    public async Task A_clock_that_only_a_newer_program_knows_is_told_as_such()
    {
        await _store.EnsureAsync(Recorded, default);
        await _postgres.ExecuteAsync("update market.source set clock = 'sundial'");

        var failure = await Assert.ThrowsAsync<FatalException>(() => _store.ReadAsync(default));

        Assert.Equal("market.source has the unknown clock 'sundial': the store was made by a newer version", failure.Message);
    }
}
