using System.Text.Json.Serialization;

namespace Crypto.Contracts.Feeds;

/// <summary>One event of <c>crypto.sentiment</c>, key index name: a daily value of an index, unique by index and time.</summary>
/// <param name="Index">E.g. <c>fear-greed</c>.</param>
/// <param name="TimestampUtc">The day that it is for.</param>
/// <param name="Value">0 (extreme fear) to 100 (extreme greed).</param>
/// <param name="Classification">The source's word for it.</param>
/// <param name="Source">E.g. <c>alternative.me</c>.</param>
public sealed record SentimentValue(
    string Index, [property: JsonPropertyName("timestamp_utc")] DateTimeOffset TimestampUtc, int Value, string Classification,
    string Source) : IFeedEvent
{
    [JsonIgnore]
    public string Key => Index;

    public string? Fault() =>
        Index.Length is 0 or > 64 ? "index is empty or longer than 64"
        : Value is < 0 or > 100 ? "value is not within 0 to 100"
        : Classification.Length > 64 ? "classification is longer than 64"
        : Source.Length is 0 or > 64 ? "source is empty or longer than 64"
        : null;
}
