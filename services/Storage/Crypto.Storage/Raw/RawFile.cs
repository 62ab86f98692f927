using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crypto.Storage.Raw;

/// <summary>
/// A file of the archive by its name: <c>yyyy-mm-dd/LOG-GG-pPPP-FIRST.jsonl</c> while it is written, with <c>-LAST</c> and
/// <c>.gz</c> when it is closed. LOG stands for the topic's id, GG rises when a log became shorter under the same id.
/// </summary>
internal sealed record RawFile(string Path, string Log, int Generation, int Partition, long First, long? Last)
{
    public bool IsClosed => Last is not null;

    public DateOnly Day => DayOf(Path) ?? throw new InvalidOperationException($"{Path} is in no folder of a day");

    public static string LogOf(string topicId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(topicId)))[..8];

    public static RawFile Open(string topicFolder, DateOnly day, string log, int generation, int partition, long first) => new(
        System.IO.Path.Combine(topicFolder, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{log}-{generation:D2}-p{partition:D3}-{first:D19}.jsonl")),
        log, generation, partition, first, null);

    public RawFile Closed(long last) => this with
    {
        Path = string.Create(CultureInfo.InvariantCulture, $"{Path[..^".jsonl".Length]}-{last:D19}.jsonl.gz"),
        Last = last,
    };

    /// <summary>The files of a topic, in the order of their days and offsets; strange names are left alone.</summary>
    public static IReadOnlyList<RawFile> Of(string topicFolder)
    {
        if (!Directory.Exists(topicFolder)) return [];
        return [.. Directory.EnumerateFiles(topicFolder, "*.jsonl*", SearchOption.AllDirectories).Select(Parse).OfType<RawFile>()
            .OrderBy(file => file.Day).ThenBy(file => file.Partition).ThenBy(file => file.Generation).ThenBy(file => file.First)];
    }

    private static RawFile? Parse(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        var isClosed = name.EndsWith(".jsonl.gz", StringComparison.Ordinal);
        if ((!isClosed && !name.EndsWith(".jsonl", StringComparison.Ordinal)) || DayOf(path) is null) return null;
        var parts = name[..name.IndexOf('.')].Split('-');
        if (parts.Length != (isClosed ? 5 : 4) || parts[2].Length == 0 || parts[2][0] != 'p'
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            || !int.TryParse(parts[2].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var first)) return null;
        long? last = null;
        if (isClosed)
        {
            if (!long.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            last = number;
        }
        return new RawFile(path, parts[0], generation, partition, first, last);
    }

    private static DateOnly? DayOf(string path) => DateOnly.TryParseExact(
        System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path)), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}
