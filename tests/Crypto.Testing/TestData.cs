using System.IO.Compression;

namespace Crypto.Testing;

/// <summary>The real recordings of <c>tests/data</c>; SOURCES.md there says where each comes from.</summary>
public static class TestData
{
    public const string SpotBtcusdt = "spot-btcusdt-trades-20240809T0000.frames.gz";
    public const string SpotEthusdt = "spot-ethusdt-trades-20240808T2354.frames.gz";
    public const string SpotMixedStreams = "spot-ethusdt-mixed-streams.frames.gz";
    public const string UsdmBtcusdt = "usdm-btcusdt-trades-20240808T2354.frames.gz";
    public const string UsdmBtcusdtKlines = "usdm-btcusdt-klines-1m.csv";
    public const string OddFrames = "odd-frames.tsv";

    /// <summary>The repository's folder.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    public static string PathOf(string file) => Path.Combine(RepositoryRoot, "tests", "data", file);

    /// <summary>The frames of a recording, without their receive times.</summary>
    public static IEnumerable<string> Frames(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(PathOf(file)), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return line[(line.IndexOf(' ') + 1)..];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crypto.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException($"no Crypto.sln above {AppContext.BaseDirectory}");
    }
}
