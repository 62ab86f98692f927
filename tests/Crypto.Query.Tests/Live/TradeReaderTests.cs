using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Crypto.Query.Tests.Support;
using Crypto.Testing;
using Xunit;

namespace Crypto.Query.Tests.Live;

/// <summary>A client that comes again gets every trade above the last it saw once, or is told how many it does not get.</summary>
public sealed class TradeReaderTests : IAsyncLifetime
{
    private static readonly Instrument Btc = new(Venues.Binance, "BTCUSDT");
    private readonly TradeSeries _series = new(capacity: 600);
    private readonly List<string> _told = [];
    private readonly List<TradeEntry> _read = [];
    private TestPostgres _database = null!;
    private int _id;

    public async Task InitializeAsync() => _database = await TestPostgres.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task However_much_was_stored_meanwhile_all_of_it_comes_before_what_is_live()
    {
        await StoreAsync(1, 3200);
        Append(3150, 3300);
        await TellAsync(Resume(after: 10));

        Assert.Equal(Ids(11, 3300), _told);
    }

    [Fact]
    public async Task A_trade_that_came_before_the_client_and_is_not_stored_yet_is_told_too()
    {
        await StoreAsync(1, 12);
        Append(8, 15);
        var reader = Resume(after: 5);
        await TellAsync(reader);
        Append(16, 18);
        await TellAsync(reader);

        Assert.Equal(Ids(6, 18), _told);
    }

    [Fact]
    public async Task What_was_stored_after_the_first_look_is_told_before_the_first_live_trade()
    {
        await StoreAsync(1, 10);
        var reader = Resume(after: 5);
        await TellAsync(reader);
        // The topic was not followed yet when 11 to 15 passed.
        await StoreAsync(11, 15);
        Append(16, 17);
        await TellAsync(reader);

        Assert.Equal(Ids(6, 17), _told);
    }

    [Fact]
    public async Task Trades_that_neither_memory_nor_the_store_has_are_counted()
    {
        await StoreAsync(1, 10);
        Append(16, 17);
        await TellAsync(Resume(after: 5));

        Assert.Equal([.. Ids(6, 10), "5 skipped", .. Ids(16, 17)], _told);
    }

    [Fact]
    public async Task A_client_slower_than_memory_learns_how_many_it_missed()
    {
        await StoreAsync(1, 10);
        Append(11, 12);
        var reader = Resume(after: 9);
        await TellAsync(reader);
        Append(13, 700);
        await TellAsync(reader);

        Assert.Equal([.. Ids(10, 12), "88 skipped", .. Ids(101, 700)], _told);
    }

    [Fact]
    public async Task A_repaired_trade_is_told_once_however_old()
    {
        Append(1, 3);
        Append(2, 2, TradeOrigin.Repair);
        await StoreAsync(1, 6);
        await StoreAsync(7, 7, TradeOrigin.Repair);
        await StoreAsync(8, 9);
        Append(8, 9);
        var reader = Resume(after: 5);
        await TellAsync(reader);
        // The store was quicker than the topic with one, and slower with the other.
        Append(7, 7, TradeOrigin.Repair);
        Append(4, 4, TradeOrigin.Repair);
        Append(10, 10);
        await TellAsync(reader);

        Assert.Equal([.. Ids(6, 9), "4", "10"], _told);
    }

    [Fact]
    public async Task Without_a_last_id_only_what_comes_is_told()
    {
        await StoreAsync(1, 10);
        Append(9, 11);
        var reader = Resume(after: null);
        await TellAsync(reader);
        Append(12, 13);
        await TellAsync(reader);

        Assert.Equal(Ids(12, 13), _told);
    }

    private TradeReader Resume(long? after) => new(
        _series, new TradeQueries(_database.DataSource), new KnownInstrument(_id, Btc, "BTCUSDT"), after);

    private async Task TellAsync(TradeReader reader)
    {
        while (true)
        {
            var missed = await reader.ReadAsync(_read, default);
            if (missed > 0) _told.Add($"{missed} skipped");
            _told.AddRange(_read.Select(entry => $"{entry.Trade.TradeId}"));
            if (_read.Count == 0 && missed == 0) return;
        }
    }

    private async Task StoreAsync(int first, int last, TradeOrigin origin = TradeOrigin.Stream) => _id = await StoreSeed.TradesAsync(
        _database.DataSource, [.. Enumerable.Range(first, last - first + 1).Select(id => Trade(id, origin))]);

    private void Append(int first, int last, TradeOrigin origin = TradeOrigin.Stream)
    {
        for (var id = first; id <= last; id++) _series.Append(Trade(id, origin));
    }

    private static IEnumerable<string> Ids(int first, int last) => Enumerable.Range(first, last - first + 1).Select(id => $"{id}");

    private static Trade Trade(long id, TradeOrigin origin) => new(
        Btc, id, id, 1, 1, 1_723_161_600_000_000, 1_723_161_600_000_000, 1_723_161_600_000_000, true, origin);
}
