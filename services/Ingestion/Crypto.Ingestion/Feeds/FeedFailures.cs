namespace Crypto.Ingestion.Feeds;

/// <summary>The source cannot answer now: network, 5xx, 429, or an answer that is no answer. It is asked again.</summary>
public sealed class FeedUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>The source refuses the request as such (401, 403, 404): a setting is wrong. It is asked again at its interval.</summary>
public sealed class FeedRefusedException(string message) : Exception(message);
