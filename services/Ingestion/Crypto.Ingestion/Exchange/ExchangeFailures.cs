namespace Crypto.Ingestion.Exchange;

/// <summary>
/// The exchange cannot answer now: network, 5xx, time-out, 429 or a ban. The same request may be made again, not before
/// <see cref="RetryAfter"/> has passed.
/// </summary>
public sealed class ExchangeUnavailableException(string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>The exchange refuses us as such (451 geo-block, 401/403): no retry will mend it. The message says what would.</summary>
public sealed class ExchangeRefusedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>The exchange refuses this request: an unknown symbol or path, a bad parameter.</summary>
public sealed class ExchangeRequestException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
