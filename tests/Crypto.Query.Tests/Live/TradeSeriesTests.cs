using Crypto.Contracts;
using Crypto.Query.Live;
using Xunit;

namespace Crypto.Query.Tests.Live;

/// <summary>A reader of live trades misses none without being told how many.</summary>
public sealed class TradeSeriesTests
{
    private readonly TradeSeries _series = new(capacity: 4);
    private readonly List<TradeEntry> _read = [];

    [Fact]
    public void A_reader_gets_what_came_since_in_the_order_of_arrival_and_in_pieces()
    {
        Append(1, 2, 3);
        var position = 0L;

        Assert.Equal(0, _series.Read(ref position, 2, _read));
        Assert.Equal([1L, 2], Ids());
        Assert.Equal(0, _series.Read(ref position, 2, _read));
        Assert.Equal([3L], Ids());
        Assert.Equal((3, 3), (position, _series.Count));
        _series.Read(ref position, 2, _read);
        Assert.Empty(_read);
    }

    [Fact]
    public void A_reader_that_fell_behind_is_told_how_many_it_missed_and_goes_on_with_the_oldest()
    {
        Append(1);
        var position = 1L;
        Append(2, 3, 4, 5, 6, 7, 8);

        Assert.Equal(3, _series.Read(ref position, 10, _read));
        Assert.Equal([5L, 6, 7, 8], Ids());
        Assert.Equal(8, position);
    }

    [Fact]
    public void The_latest_trade_is_the_one_with_the_highest_id_whatever_came_last()
    {
        Append(5, 3);
        Assert.Equal(5, _series.Latest!.Trade.TradeId);
        Assert.False(_series.Raise(Trade(5)));
        Assert.False(_series.Raise(Trade(4)));

        Assert.True(_series.Raise(Trade(9)));

        Assert.Equal((9, 2), (_series.Latest!.Trade.TradeId, _series.Count));
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_the_next_trade()
    {
        var next = _series.NextChange;
        Assert.False(next.IsCompleted);

        Append(1);

        await next.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(_series.NextChange.IsCompleted);
    }

    private IEnumerable<long> Ids() => _read.Select(entry => entry.Trade.TradeId);

    private void Append(params long[] ids)
    {
        foreach (var id in ids) _series.Append(Trade(id));
    }

    private static Trade Trade(long id) => new(
        new Instrument(Venues.Binance, "BTCUSDT"), id, id, 1, 1, 1_723_161_600_000_000, 1_723_161_600_000_000, 1_723_161_600_000_000, true, TradeOrigin.Stream);
}
