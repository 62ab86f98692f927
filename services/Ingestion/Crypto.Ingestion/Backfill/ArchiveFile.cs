using System.Globalization;
using System.IO.Compression;
using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Frames;

namespace Crypto.Ingestion.Backfill;

/// <summary>
/// A file of Binance's public archive (data.binance.vision): <c>trades</c> or <c>aggTrades</c> of spot or USD-M, a CSV or a zip
/// with one in it, with or without a header. Times are milliseconds, at spot microseconds since 2025; their size tells.
/// </summary>
public sealed class ArchiveFile(string path)
{
    private const int FieldsMax = 8;

    public string Path => path;

    /// <summary>The rows in the order of the file; an aggregate is a row whose last id is above its first.</summary>
    /// <exception cref="FormatException">It is no such file, or is damaged; the message names the line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IEnumerable<RestTrade> Read()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        using var zip = IsZip(file) ? OpenZip(file) : null;
        using var reader = new StreamReader(zip is null ? file : EntryOf(zip).Open(), Encoding.ASCII);
        for (var number = 1; NextLine(reader, number) is { } line; number++)
        {
            if (line.Length == 0 || (number == 1 && !char.IsAsciiDigit(line[0]))) continue;
            yield return Parse(line, number);
        }
    }

    /// <summary>The symbol that the archive's file names begin with (<c>BTCUSDT-trades-2024-08-09.zip</c>); null where it has another name.</summary>
    public static string? SymbolOf(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        var dash = name.IndexOf('-');
        return dash > 0 && (name.AsSpan(dash).StartsWith("-trades-") || name.AsSpan(dash).StartsWith("-aggTrades-")) ? name[..dash] : null;
    }

    private static bool IsZip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var isZip = file.Read(magic) == 2 && magic.SequenceEqual("PK"u8);
        file.Position = 0;
        return isZip;
    }

    private ZipArchive OpenZip(FileStream file)
    {
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read);
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"{path} is no whole zip: {e.Message}", e);
        }
    }

    private ZipArchiveEntry EntryOf(ZipArchive zip)
    {
        var tables = zip.Entries.Where(entry => entry.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)).ToList();
        return tables.Count == 1 ? tables[0] : throw new FormatException($"{path} holds {tables.Count} CSV files, and not one");
    }

    private string? NextLine(StreamReader reader, int number)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"{path}, line {number}: the zip is damaged: {e.Message}", e);
        }
    }

    // The columns that tell the kinds apart are those of the flags: trades end with (quoteQty, time, isBuyerMaker), at spot
    // with isBestMatch behind it; aggTrades with (first id, last id, time, isBuyerMaker), at spot with the same behind it.
    private RestTrade Parse(string line, int number)
    {
        Span<Range> at = stackalloc Range[FieldsMax + 1];
        var text = line.AsSpan();
        var count = text.Split(at, ',');
        var isAggregate = count == 8 || (count == 7 && !IsFlag(text[at[5]]));
        if (count is < 6 or > FieldsMax) throw Unreadable(number, $"it has {count} columns instead of 6 to 8");
        var (first, last, time) = isAggregate ? (at[3], at[4], at[5]) : (at[0], at[0], at[4]);
        var isBuyerMaker = text[isAggregate ? at[6] : at[5]];
        if (!IsFlag(isBuyerMaker)) throw Unreadable(number, $"'{isBuyerMaker}' is neither true nor false");
        var (id, lastId) = (Number(text[first], number), Number(text[last], number));
        if (lastId < id) throw Unreadable(number, $"trade ids {id} to {lastId} are no range");
        if (!ExchangeTime.TryToMicroseconds(Number(text[time], number), out var timeUs)) throw Unreadable(number, $"'{text[time]}' is no time");
        return new RestTrade(id, lastId, Digits(text[at[1]], number), Digits(text[at[2]], number), timeUs, char.ToLowerInvariant(isBuyerMaker[0]) == 't')
        {
            AggregateId = isAggregate ? Number(text[at[0]], number) : -1,
        };
    }

    private static bool IsFlag(ReadOnlySpan<char> text) =>
        text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase);

    private long Number(ReadOnlySpan<char> text, int line) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable(line, $"'{text}' is no number");

    private byte[] Digits(ReadOnlySpan<char> text, int line)
    {
        var digits = new byte[text.Length];
        Encoding.ASCII.GetBytes(text, digits);
        return DecimalText.IsPositive(digits) || DecimalText.IsZero(digits) ? digits : throw Unreadable(line, $"'{text}' is no decimal");
    }

    private FormatException Unreadable(int line, string why) =>
        new($"{path}, line {line}: {why}; files of trades and aggTrades as data.binance.vision has them can be read");
}
