using System.Globalization;
using System.IO.Compression;
using System.Text;
using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Archives;

/// <summary>What a file of the public archive holds.</summary>
public enum ArchiveKind : byte
{
    Trades,
    AggTrades,
}

/// <summary>
/// Writes recordings as files of Binance's public archive (data.binance.vision), for tests of the backfill: at spot without
/// a header and with <c>True</c>/<c>False</c>, at USD-M with a header and <c>true</c>/<c>false</c>; times in milliseconds,
/// at spot in microseconds since 2025.
/// </summary>
public static class PublicArchive
{
    // At spot, files of 2025 and later are in microseconds.
    private static readonly long MicrosecondsSinceUs = UnixTime.ToMicroseconds(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The archive's name for a file: <c>BTCUSDT-trades-2024-08-09</c>.</summary>
    public static string NameOf(string symbol, ArchiveKind kind, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"{symbol}-{(kind == ArchiveKind.Trades ? "trades" : "aggTrades")}-{day:yyyy-MM-dd}");

    /// <summary>Writes one symbol of a recording.</summary>
    /// <param name="source">The recording.</param>
    /// <param name="venue">See <see cref="Venues"/>.</param>
    /// <param name="symbol">Which symbol of it.</param>
    /// <param name="kind">Single or aggregate trades.</param>
    /// <param name="path">Where to: a <c>.csv</c>, or a <c>.zip</c> with a file of the same name in it.</param>
    /// <param name="shift">Added to all times, e.g. to move them beyond 2025.</param>
    /// <returns>The number of rows.</returns>
    public static int Write(IRecordingSource source, string venue, string symbol, ArchiveKind kind, string path, TimeSpan shift = default)
    {
        var tape = TapeBuilder.Build([source], venue, [symbol], closeGaps: false);
        var rows = Rows(tape, tape.Find(symbol)!, venue == Venues.BinanceUsdm, kind, (long)shift.TotalMicroseconds).ToList();
        using var file = File.Create(path);
        if (!path.EndsWith(".zip", StringComparison.Ordinal))
        {
            WriteLines(file, rows);
            return rows.Count - (venue == Venues.BinanceUsdm ? 1 : 0);
        }
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        using var entry = zip.CreateEntry(Path.GetFileNameWithoutExtension(path) + ".csv").Open();
        WriteLines(entry, rows);
        return rows.Count - (venue == Venues.BinanceUsdm ? 1 : 0);
    }

    private static void WriteLines(Stream target, List<string> rows)
    {
        using var writer = new StreamWriter(target, new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (var row in rows) writer.WriteLine(row);
    }

    private static IEnumerable<string> Rows(Tape tape, SymbolTape symbol, bool usdm, ArchiveKind kind, long shiftUs)
    {
        if (usdm)
            yield return kind == ArchiveKind.Trades
                ? "id,price,qty,quote_qty,time,is_buyer_maker"
                : "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker";
        var count = kind == ArchiveKind.Trades ? symbol.Count : symbol.Aggregates.Length;
        for (var i = 0; i < count; i++)
        {
            var aggregate = kind == ArchiveKind.Trades ? new AggregateTrade(i, i, symbol.Quantity[i], 0) : symbol.Aggregates[i];
            var rank = aggregate.FirstRank;
            if (!symbol.OnBook[rank]) continue;
            var quantity = aggregate.Quantity;
            var price = Text(tape, symbol, rank, usdm);
            var timeUs = symbol.TimeUs[rank] + shiftUs;
            var time = Number(!usdm && timeUs >= MicrosecondsSinceUs ? timeUs : timeUs / 1000);
            var side = Flag(symbol.IsBuyerMaker[rank], usdm);
            var best = usdm ? "" : ",True";
            yield return kind == ArchiveKind.Trades
                ? $"{Number(symbol.Ids[rank])},{price},{Decimal(quantity, usdm)},{Decimal(symbol.Price[rank] * quantity, usdm)},{time},{side}{best}"
                : $"{i + 1},{price},{Decimal(quantity, usdm)},{Number(symbol.Ids[rank])},{Number(symbol.Ids[aggregate.LastRank])},{time},{side}{best}";
        }
    }

    private static string Text(Tape tape, SymbolTape symbol, int rank, bool usdm)
    {
        ref readonly var frame = ref tape[symbol.FrameOf[rank]];
        return usdm ? Decimal(symbol.Price[rank], usdm) : Encoding.ASCII.GetString(frame.Fields.Price.Of(tape.Bytes(frame)));
    }

    private static string Flag(bool value, bool usdm) => usdm ? value ? "true" : "false" : value ? "True" : "False";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Decimal(decimal value, bool usdm) =>
        value.ToString(usdm ? "0.##########" : "0.00000000##", CultureInfo.InvariantCulture);
}
