namespace Crypto.Ingestion.Feeds;

/// <summary>What a source promises: how often something is expected, and from when on it is stale.</summary>
/// <param name="Name">The feed's name in logs, health and the store: <c>coingecko</c>, <c>rss:coindesk</c>, ...</param>
/// <param name="Topic">Where its events go.</param>
/// <param name="Interval">How often it is polled.</param>
/// <param name="StaleAfter">Without a successful answer for longer, it is stale.</param>
public sealed record FeedContract(string Name, string Topic, TimeSpan Interval, TimeSpan StaleAfter);
