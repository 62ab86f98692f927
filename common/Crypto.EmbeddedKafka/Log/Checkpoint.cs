using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>
/// Up to where a partition's log is known to be whole and on the disk, and what its producers had written by then. After a
/// crash only what lies behind is checked.
/// </summary>
internal sealed record Checkpoint(
    long SegmentBase, long Position, long NextOffset, long MaxTimestamp, long LogStartOffset, List<ProducerState> Producers)
{
    private const string FileName = "checkpoint.json";

    internal static Checkpoint? Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), LogJson.Default.Checkpoint);
        }
        catch (JsonException)
        {
            return null; // an unreadable one costs a longer look at the log, nothing else
        }
    }

    internal void Save(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, LogJson.Default.Checkpoint));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Checkpoint))]
internal sealed partial class LogJson : JsonSerializerContext;
