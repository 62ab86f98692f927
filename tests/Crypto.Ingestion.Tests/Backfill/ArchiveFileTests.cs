using System.IO.Compression;
using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Backfill;
using Crypto.Ingestion.Exchange;
using Crypto.MarketReplay;
using Crypto.MarketReplay.Archives;
using Crypto.MarketReplay.Recordings;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Backfill;

public sealed class ArchiveFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("3735693016,61685.99000000,0.00017000,10.48661830,1723161601437,True,True", 3735693016, 3735693016, 1723161601437000, true)]
    [InlineData("3735693016,61685.99,0.00017,10.48661830,1735689600010866,False,True", 3735693016, 3735693016, 1735689600010866, false)]
    [InlineData("5266583935,61800.3,0.006,370.8018,1723161256322,false", 5266583935, 5266583935, 1723161256322000, false)]
    [InlineData("77,61685.99000000,0.00100000,100,104,1723161601437,True,True", 100, 104, 1723161601437000, true)]
    [InlineData("77,61685.99,0.001,100,104,1735689600010866,false,true", 100, 104, 1735689600010866, false)]
    [InlineData("77,61800.3,0.006,100,104,1723161256322,true", 100, 104, 1723161256322000, true)]
    public void Each_layout_is_told_by_its_columns(string line, long first, long last, long timeUs, bool isBuyerMaker)
    {
        var row = Assert.Single(Read(line));

        Assert.Equal((first, last, timeUs, isBuyerMaker), (row.Id, row.LastId, row.TimeUs, row.IsBuyerMaker));
        var fields = line.Split(',');
        Assert.Equal((fields[1], fields[2]), (Encoding.ASCII.GetString(row.Price), Encoding.ASCII.GetString(row.Quantity)));
    }

    [Fact]
    public void A_header_and_empty_lines_are_no_rows() => Assert.Single(Read(
        "id,price,qty,quote_qty,time,is_buyer_maker", "5266583935,61800.3,0.006,370.8018,1723161256322,false", ""));

    [Theory]
    [InlineData("1,2,3,4,5", "5 columns")]
    [InlineData("1,2,3,4,1723161601437,True,True,1,2", "9 columns")]
    [InlineData("1,abc,0.1,4,1723161601437,True,True", "'abc' is no decimal")]
    [InlineData("1,-2,0.1,4,1723161601437,True,True", "'-2' is no decimal")]
    [InlineData("1,2,0.1,4,1723161601437,maybe", "'maybe' is neither true nor false")]
    [InlineData("1,2,0.1,4,0,True,True", "'0' is no time")]
    [InlineData("9,2,0.1,12,11,1723161601437,True", "12 to 11 are no range")]
    [InlineData("99999999999999999999,2,0.1,4,1723161601437,True,True", "is no number")]
    public void What_is_no_row_is_named_by_file_line_and_reason(string line, string reason)
    {
        var failure = Assert.Throws<FormatException>(() => Read("1,2,0.1,4,1723161601437,True,True", line).Count);

        Assert.Contains("rows.csv, line 2: ", failure.Message);
        Assert.Contains(reason, failure.Message);
    }

    [Theory]
    [InlineData(Venues.Binance, TestData.SpotBtcusdt, ArchiveKind.Trades, ".zip", 0)]
    [InlineData(Venues.Binance, TestData.SpotBtcusdt, ArchiveKind.AggTrades, ".csv", 0)]
    [InlineData(Venues.Binance, TestData.SpotBtcusdt, ArchiveKind.Trades, ".csv", 365)]
    [InlineData(Venues.BinanceUsdm, TestData.UsdmBtcusdt, ArchiveKind.Trades, ".csv", 0)]
    [InlineData(Venues.BinanceUsdm, TestData.UsdmBtcusdt, ArchiveKind.AggTrades, ".zip", 365)]
    public void A_recording_written_as_an_archive_is_read_back_whole(string venue, string recording, ArchiveKind kind, string extension, int shiftDays)
    {
        var source = new RecordingFile(TestData.PathOf(recording));
        var path = Path.Combine(_folder.Path, PublicArchive.NameOf("BTCUSDT", kind, new DateOnly(2024, 8, 9)) + extension);
        PublicArchive.Write(source, venue, "BTCUSDT", kind, path, TimeSpan.FromDays(shiftDays));
        var truth = RecordedTruth.Of([source], venue);
        var expected = truth.Trades(truth.Instruments[0]).ToList();

        var rows = new ArchiveFile(path).Read().ToList();

        Assert.Equal(expected.Count, rows.Sum(row => row.LastId - row.Id + 1));
        Assert.Equal(expected.Sum(trade => trade.Quantity), rows.Sum(row => Number(row.Quantity)));
        Assert.Equal(expected[0].TradeTimeUs + (shiftDays * Interval.OneDay.LengthUs), rows[0].TimeUs);
        Assert.Equal((expected[^1].TradeId, expected[^1].Price), (rows[^1].LastId, Number(rows[^1].Price)));
        Assert.Equal("BTCUSDT", ArchiveFile.SymbolOf(path));
        var extent = ArchiveExtent.Of(new ArchiveFile(path), default);
        Assert.Equal((rows.Count, expected[0].TradeId, expected[^1].TradeId, kind == ArchiveKind.AggTrades),
            (extent.Rows, extent.Ids!.Value.First, extent.Ids.Value.Last, extent.HasAggregates));
    }

    [Fact]
    public void Only_the_rows_of_the_span_count_and_its_end_is_exclusive()
    {
        var file = Rows("1,2,0.1,4,1723161601000,True,True", "2,2,0.1,4,1723161602000,True,True", "3,2,0.1,4,1723161603000,True,True");

        var extent = ArchiveExtent.Of(file, new TimeSpanUs(1723161602000000, 1723161603000000));

        Assert.Equal((1, 2, 2), (extent.Rows, extent.Ids!.Value.First, extent.Ids.Value.Last));
        Assert.Null(ArchiveExtent.Of(file, new TimeSpanUs(1800000000000000, null)).Ids);
    }

    [Fact]
    public void A_zip_that_was_cut_off_is_refused()
    {
        var path = Path.Combine(_folder.Path, "cut.zip");
        PublicArchive.Write(new RecordingFile(TestData.PathOf(TestData.SpotBtcusdt)), Venues.Binance, "BTCUSDT", ArchiveKind.Trades, path);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);

        Assert.Contains("no whole zip", Assert.Throws<FormatException>(() => new ArchiveFile(path).Read().Count()).Message);
    }

    [Fact]
    public void A_zip_with_other_than_one_csv_is_refused()
    {
        var path = Path.Combine(_folder.Path, "two.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("a.csv");
            zip.CreateEntry("b.csv");
        }

        Assert.Contains("2 CSV files", Assert.Throws<FormatException>(() => new ArchiveFile(path).Read().Count()).Message);
    }

    private static decimal Number(byte[] digits) => decimal.Parse(Encoding.ASCII.GetString(digits), System.Globalization.CultureInfo.InvariantCulture);

    private ArchiveFile Rows(params string[] lines)
    {
        var path = Path.Combine(_folder.Path, "rows.csv");
        File.WriteAllLines(path, lines);
        return new ArchiveFile(path);
    }

    private List<RestTrade> Read(params string[] lines) => [.. Rows(lines).Read()];
}
