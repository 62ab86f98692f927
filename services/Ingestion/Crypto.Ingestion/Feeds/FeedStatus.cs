namespace Crypto.Ingestion.Feeds;

/// <summary>How a feed is doing.</summary>
/// <param name="Contract">What it promises.</param>
/// <param name="LastSuccess">When it last answered as it should, even if nothing had changed.</param>
/// <param name="LastEvent">The newest event's own time.</param>
/// <param name="LastFailure">When it last did not.</param>
/// <param name="Failure">Why; null while the last answer was good.</param>
public sealed record FeedStatus(
    FeedContract Contract, DateTimeOffset? LastSuccess = null, DateTimeOffset? LastEvent = null, DateTimeOffset? LastFailure = null,
    string? Failure = null)
{
    /// <summary>True where the last good answer is older than the contract allows.</summary>
    public bool IsStale(DateTimeOffset now, DateTimeOffset since) => now - (LastSuccess ?? since) > Contract.StaleAfter;
}
