using System.Text;
using Crypto.MarketReplay.Recordings;

namespace Crypto.Standalone.Chaos;

/// <summary>The beginning of the sample, in files of its own: a bad day has to be short to be had often.</summary>
internal sealed class ChaosRecording
{
    /// <summary>Recorded seconds per second: the minute that is kept takes two and a half seconds.</summary>
    public const double Speed = 24;

    private const long KeptNs = 60_000_000_000;

    private ChaosRecording(IReadOnlyList<string> files) => Files = files;

    public IReadOnlyList<string> Files { get; }

    /// <summary>Writes the files into a folder.</summary>
    public static ChaosRecording Cut(string folder) => new([.. SampleRecording.Files.Select((file, i) => Cut(file, Path.Combine(folder, $"minute-{i}.frames")))]);

    private static string Cut(string from, string to)
    {
        using var output = File.Create(to);
        long? endNs = null;
        foreach (var frame in new RecordingFile(from).Read())
        {
            endNs ??= frame.ReceivedNs + KeptNs;
            if (frame.ReceivedNs >= endNs) break;
            output.Write(Encoding.ASCII.GetBytes($"{frame.ReceivedNs} "));
            output.Write(frame.Frame.Span);
            output.WriteByte((byte)'\n');
        }
        return to;
    }
}
