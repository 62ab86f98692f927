using Crypto.Aggregation.Reconciling;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Testing;

namespace Crypto.Aggregation.Tests.Reconciling;

public class ReconciliationTests
{
    [Fact]
    public async Task The_recorded_futures_minutes_equal_the_exchange_s_in_every_field()
    {
        var (ours, theirs) = (await OursAsync(), KlineSource.ReadCsv(TestData.PathOf(TestData.UsdmBtcusdtKlines)));
        var result = Reconciliation.Compare(ours, theirs);
        Assert.Equal((5, 5, 1.0), (result.Compared, result.Equal, result.Score));
        Assert.Empty(result.Differences);
        Assert.Empty(result.NotCovered);
    }

    [Fact]
    public async Task A_field_that_differs_is_named_with_both_values_and_a_candle_we_do_not_have_is_not_covered()
    {
        var theirs = KlineSource.ReadCsv(TestData.PathOf(TestData.UsdmBtcusdtKlines));
        theirs[1] = theirs[1] with { Volume = 203.144m, TradeCount = 1993 };
        theirs.Add(theirs[0] with { OpenTimeUs = theirs[0].OpenTimeUs - 60_000_000 });
        theirs.Add(theirs[0] with { OpenTimeUs = theirs[^2].OpenTimeUs + 60_000_000 });
        var result = Reconciliation.Compare(await OursAsync(), theirs);
        Assert.Equal((5, 4), (result.Compared, result.Equal));
        Assert.Equal(
            [new(theirs[1].OpenTimeUs, "volume", "203.143", "203.144"), new FieldDifference(theirs[1].OpenTimeUs, "tradeCount", "1992", "1993")],
            result.Differences);
        // The first minute began before the recording did.
        Assert.Equal([theirs[5].OpenTimeUs, theirs[6].OpenTimeUs], result.NotCovered);
    }

    [Fact]
    public async Task A_candle_with_trades_that_the_exchange_lacks_is_a_difference_where_ours_is_covered()
    {
        var theirs = KlineSource.ReadCsv(TestData.PathOf(TestData.UsdmBtcusdtKlines));
        var lacking = theirs[2];
        theirs.RemoveAt(2);
        // The first one of ours began before the recording did, and is no difference.
        var ours = await OursAsync();
        Assert.Equal(6, ours.Count);
        var result = Reconciliation.Compare(ours, theirs);
        Assert.Equal((5, 4, 0.8), (result.Compared, result.Equal, result.Score));
        Assert.Equal([new FieldDifference(lacking.OpenTimeUs, "candle", $"{lacking.TradeCount} trades", "none")], result.Differences);
        Assert.Empty(result.NotCovered);
    }

    [Fact]
    public async Task A_flat_candle_that_the_exchange_lacks_is_none()
    {
        var theirs = KlineSource.ReadCsv(TestData.PathOf(TestData.UsdmBtcusdtKlines));
        var ours = await OursAsync();
        var flat = ours[1] with { OpenTimeUs = ours[^1].CloseTimeUs + 1, TradeCount = 0, FirstTradeId = null, LastTradeId = null };
        Assert.Equal((5, 5, 0), Numbers(Reconciliation.Compare([.. ours, flat], theirs)));

        static (int Compared, int Equal, int Differences) Numbers(Reconciliation r) => (r.Compared, r.Equal, r.Differences.Count);
    }

    [Fact]
    public void An_archive_is_read_with_or_without_header_in_milliseconds_or_microseconds()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "klines.csv");
        var line = File.ReadLines(TestData.PathOf(TestData.UsdmBtcusdtKlines)).ElementAt(1);
        File.WriteAllLines(path, [line, line.Replace("1723161300000", "1723161300000000")]);
        var klines = KlineSource.ReadCsv(path);
        Assert.Equal(klines[0], klines[1]);
        Assert.Equal(1723161300000000, klines[0].OpenTimeUs);
        File.WriteAllLines(path, [line, "1,2,3"]);
        Assert.Contains("line 2", Assert.Throws<FormatException>(() => KlineSource.ReadCsv(path)).Message);
    }

    private static async Task<List<Candle>> OursAsync()
    {
        await using var market = await TestMarket.CreateAsync("1m");
        market.Publish(RecordedTrades.Read(TestData.UsdmBtcusdt, Venues.BinanceUsdm));
        await market.ApplyAsync(5000);
        return await new ReconciliationStore(market.Postgres.DataSource).CandlesAsync(
            new Instrument(Venues.BinanceUsdm, "BTCUSDT"), Interval.OneMinute, 0, long.MaxValue / 1000, default);
    }
}
