using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crypto.Contracts.Feeds;

/// <summary>The wire form of the slow topics' events: UTF-8 JSON, unknown properties ignored so that contracts may grow.</summary>
public static class FeedJson
{
    public static byte[] Write<T>(T feedEvent)
        where T : class, IFeedEvent => JsonSerializer.SerializeToUtf8Bytes(feedEvent, typeof(T), ContextOf<T>());

    /// <summary>Reads and checks an event.</summary>
    /// <param name="utf8">The record's value.</param>
    /// <param name="feedEvent">The event, when the answer is true.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryRead<T>(ReadOnlySpan<byte> utf8, out T? feedEvent, out string? error)
        where T : class, IFeedEvent
    {
        try
        {
            feedEvent = (T?)JsonSerializer.Deserialize(utf8, typeof(T), ContextOf<T>());
            error = feedEvent is null ? "the value is null" : feedEvent.Fault();
        }
        catch (JsonException e)
        {
            (feedEvent, error) = (null, $"not as the contract says: {e.Message}");
        }
        return error is null;
    }

    // CoinGecko's names are snake case, everything else is camel case.
    private static JsonSerializerContext ContextOf<T>() =>
        typeof(T) == typeof(CoinPrice) ? SnakeFeedJsonContext.Default : CamelFeedJsonContext.Default;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TickerSnapshot))]
[JsonSerializable(typeof(SentimentValue))]
[JsonSerializable(typeof(NewsItem))]
internal sealed partial class CamelFeedJsonContext : JsonSerializerContext;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CoinPrice))]
internal sealed partial class SnakeFeedJsonContext : JsonSerializerContext;
