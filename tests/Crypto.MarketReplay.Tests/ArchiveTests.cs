using System.Globalization;
using System.IO.Compression;
using Crypto.Contracts;
using Crypto.MarketReplay.Archives;
using Crypto.MarketReplay.Recordings;
using Crypto.Testing;

namespace Crypto.MarketReplay.Tests;

public sealed class ArchiveTests : IDisposable
{
    private static readonly RecordingFile Spot = new(TestData.PathOf(TestData.SpotBtcusdt));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Spot_trades_are_rows_without_a_header_in_a_zip_of_the_archives_name()
    {
        var name = PublicArchive.NameOf("BTCUSDT", ArchiveKind.Trades, new DateOnly(2024, 8, 9));
        Assert.Equal("BTCUSDT-trades-2024-08-09", name);
        var path = Path.Combine(_folder.Path, name + ".zip");
        Assert.Equal(10_147, PublicArchive.Write(Spot, Venues.Binance, "BTCUSDT", ArchiveKind.Trades, path));
        using var zip = ZipFile.OpenRead(path);
        using var reader = new StreamReader(zip.GetEntry(name + ".csv")!.Open());
        Assert.Equal("3735693016,61685.99000000,0.00017000,10.48661830,1723161601437,True,True", reader.ReadLine());
    }

    [Fact]
    public void Spot_files_since_2025_are_in_microseconds()
    {
        var path = Path.Combine(_folder.Path, "late.csv");
        PublicArchive.Write(Spot, Venues.Binance, "BTCUSDT", ArchiveKind.Trades, path, TimeSpan.FromDays(365));
        Assert.Equal("1754697601437000", File.ReadLines(path).First().Split(',')[4]);
    }

    [Fact]
    public void Aggregates_cover_every_id_once()
    {
        var path = Path.Combine(_folder.Path, "agg.csv");
        var rows = PublicArchive.Write(Spot, Venues.Binance, "BTCUSDT", ArchiveKind.AggTrades, path);
        var lines = File.ReadAllLines(path);
        Assert.Equal(rows, lines.Length);
        Assert.InRange(rows, 1000, 10_146);
        var next = 3735693016L;
        foreach (var line in lines)
        {
            var fields = line.Split(',');
            Assert.Equal(next, long.Parse(fields[3], CultureInfo.InvariantCulture));
            next = long.Parse(fields[4], CultureInfo.InvariantCulture) + 1;
        }
        Assert.Equal(3735703163, next);
    }

    [Fact]
    public void Futures_files_have_a_header_and_plain_numbers()
    {
        var path = Path.Combine(_folder.Path, "futures.csv");
        var source = new RecordingFile(TestData.PathOf(TestData.UsdmBtcusdt));
        Assert.Equal(21_313, PublicArchive.Write(source, Venues.BinanceUsdm, "BTCUSDT", ArchiveKind.Trades, path));
        Assert.Equal(
            ["id,price,qty,quote_qty,time,is_buyer_maker", "5266583935,61800.3,0.006,370.8018,1723161256322,false"],
            File.ReadLines(path).Take(2));
    }

    [Fact]
    public void The_truth_of_a_recording_is_its_trades_and_the_exchanges_candles()
    {
        var truth = RecordedTruth.Of([new RecordingFile(TestData.PathOf(TestData.UsdmBtcusdt))], Venues.BinanceUsdm);
        var instrument = Assert.Single(truth.Instruments);
        Assert.Equal(21_313, truth.Trades(instrument).Count());
        Assert.Empty(truth.VoidIds(instrument));
        var candles = truth.Candles(instrument, Interval.OneMinute).ToDictionary(c => c.OpenTimeUs / 1000);
        foreach (var line in File.ReadLines(TestData.PathOf(TestData.UsdmBtcusdtKlines)).Skip(1).Select(l => l.Split(',')))
        {
            var candle = candles[long.Parse(line[0], CultureInfo.InvariantCulture)];
            Assert.Equal(
                [.. line[1..6].Append(line[7]).Append(line[8]).Append(line[9]).Append(line[10]).Select(v => decimal.Parse(v, CultureInfo.InvariantCulture))],
                (decimal[])[candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, candle.QuoteVolume, candle.TradeCount,
                    candle.TakerBuyVolume, candle.TakerBuyQuoteVolume]);
        }
    }
}
