using System.Text.Json.Serialization;

namespace Crypto.Contracts.Feeds;

/// <summary>An event of one of the slow topics.</summary>
public interface IFeedEvent
{
    /// <summary>The record key in Kafka.</summary>
    [JsonIgnore]
    string Key { get; }

    /// <summary>What is wrong with it, or null; the same rules as the JSON Schema in <c>contracts/</c>.</summary>
    string? Fault();
}
