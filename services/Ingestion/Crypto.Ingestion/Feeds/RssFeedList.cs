using Crypto.Contracts.Feeds;

namespace Crypto.Ingestion.Feeds;

/// <summary>The setting <see cref="FeedOptions.RssFeeds"/>.</summary>
internal static class RssFeedList
{
    /// <summary>Two well-known feeds, where nobody says otherwise and the market is live.</summary>
    public const string LiveDefault =
        "coindesk=https://www.coindesk.com/arc/outboundfeeds/rss/ cointelegraph=https://cointelegraph.com/rss";

    public static bool TryParse(string text, out IReadOnlyList<(string Name, string Url)> feeds, out string wrong)
    {
        var parsed = new List<(string, string)>();
        (feeds, wrong) = (parsed, "");
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            wrong = part;
            if (equals is < 1 or > 40 || !part.AsSpan(0, equals).ToString().All(char.IsAsciiLetterOrDigit)) return false;
            if (!NewsItem.IsLink(part[(equals + 1)..])) return false;
            parsed.Add((part[..equals].ToLowerInvariant(), part[(equals + 1)..]));
        }
        wrong = "";
        return true;
    }
}
