using Crypto.Contracts;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>One RSS 2.0 or Atom feed.</summary>
public sealed class RssFeed(ConditionalClient client, string name, string address, TimeSpan interval) : IFeed
{
    public FeedContract Contract { get; } = new($"rss:{name}", Topics.News, interval, interval * 6);

    public async Task<IReadOnlyList<FeedEvent>?> PollAsync(CancellationToken cancellation)
    {
        var body = await client.GetAsync(address, cancellation).ConfigureAwait(false);
        return body is null ? null : RssReader.Read(body, name);
    }

    public void Accept() => client.Accept();
}
