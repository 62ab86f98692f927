using Crypto.Contracts;

namespace Crypto.MarketReplay.Recordings;

/// <summary>The recordings that the project ships: five minutes of BTCUSDT and ETHUSDT; see <c>Samples/SOURCES.md</c>.</summary>
public static class SampleRecording
{
    /// <summary>The shipped files, beside the assembly.</summary>
    /// <exception cref="FatalException">They are not there: the build output is incomplete.</exception>
    public static IReadOnlyList<string> Files
    {
        get
        {
            var folder = Path.Combine(AppContext.BaseDirectory, "Samples");
            var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.frames.gz") : [];
            if (files.Length == 0) throw new FatalException($"The sample recordings are missing from {folder}; build again.");
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
    }
}
