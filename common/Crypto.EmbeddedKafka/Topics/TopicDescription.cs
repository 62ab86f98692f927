using System.Text.Json;
using System.Text.Json.Serialization;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Topics;

/// <summary>What is kept of a topic beside its records.</summary>
internal sealed record TopicDescription(string Name, Guid Id, int Partitions, SortedDictionary<string, string> Settings)
{
    private const string FileName = "topic.json";

    internal static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <exception cref="InvalidDataException">The file is not what this broker wrote.</exception>
    internal static TopicDescription Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TopicJson.Default.TopicDescription)
                ?? throw new InvalidDataException($"{path} is empty; move the folder away to start without this topic");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is damaged ({e.Message}); move the folder away to start without this topic", e);
        }
    }

    internal void Save(string folder) =>
        AtomicFile.Write(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, TopicJson.Default.TopicDescription));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TopicDescription))]
internal sealed partial class TopicJson : JsonSerializerContext;
