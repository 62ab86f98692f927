using System.Text.Json.Nodes;
using Crypto.Contracts;

namespace Crypto.MarketReplay.Feeds;

/// <summary>The shipped answers of other sources; see <c>Samples/SOURCES.md</c>.</summary>
internal static class FeedSamples
{
    /// <exception cref="FatalException">The file is missing: the build output is incomplete.</exception>
    public static JsonNode Read(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Samples", "feeds", file);
        if (!File.Exists(path)) throw new FatalException($"The sample {path} is missing; build again.");
        return JsonNode.Parse(File.ReadAllBytes(path)) ?? throw new FatalException($"The sample {path} is empty; build again.");
    }
}
