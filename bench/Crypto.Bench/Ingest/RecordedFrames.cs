using System.IO.Compression;
using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Sequencing;

namespace Crypto.Bench.Ingest;

/// <summary>Real frames of the test recordings in memory, with the symbols they are of.</summary>
internal static class RecordedFrames
{
    private static readonly string[] Files =
    [
        "spot-btcusdt-trades-20240809T0000.frames.gz", "spot-ethusdt-trades-20240808T2354.frames.gz",
        "usdm-btcusdt-trades-20240808T2354.frames.gz",
    ];

    public static byte[][] Load() => [.. Files.SelectMany(Read)];

    public static SymbolTable Symbols() => new([new Instrument(Venues.Binance, "BTCUSDT"), new Instrument(Venues.Binance, "ETHUSDT")]);

    private static IEnumerable<byte[]> Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Find(file)), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return Encoding.UTF8.GetBytes(line[(line.IndexOf(' ') + 1)..]);
    }

    private static string Find(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "tests", "data", file);
            if (File.Exists(path)) return path;
        }
        throw new FileNotFoundException($"tests/data/{file} is not above {AppContext.BaseDirectory}: run from the repository");
    }
}
