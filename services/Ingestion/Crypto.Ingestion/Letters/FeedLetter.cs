using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Feeds;
using Crypto.Ingestion.Feeds.Sources;

namespace Crypto.Ingestion.Letters;

/// <summary>Reads one row of a slow feed's answer, as the dead letters keep it, by the feed's own reader.</summary>
internal static class FeedLetter
{
    private const string Rss = "rss:";

    /// <param name="topic">The feed's topic.</param>
    /// <param name="feed">The feed's name.</param>
    /// <param name="row">The original bytes: a JSON object, or an XML element.</param>
    /// <param name="venue">Whose tickers.</param>
    /// <param name="currency">CoinGecko's.</param>
    /// <returns>The event, or why it is none still.</returns>
    public static FeedEvent Read(string topic, string feed, byte[] row, string venue, string currency)
    {
        var text = Encoding.UTF8.GetString(row);
        try
        {
            var items = topic switch
            {
                Topics.Tickers => TickerFeed.Read(Bytes($"[{text}]"), venue, null),
                Topics.PricesRaw => CoinGeckoFeed.Read(Bytes($"[{text}]"), currency),
                Topics.Sentiment => FearGreedFeed.Read(Bytes($$"""{"data":[{{text}}]}""")),
                Topics.News when feed.StartsWith(Rss, StringComparison.Ordinal) => RssReader.Read(Bytes(DocumentOf(text)), feed[Rss.Length..]),
                Topics.News => NewsApiFeed.Read(Bytes($$"""{"articles":[{{text}}]}""")),
                _ => [],
            };
            return items.Count == 1 ? items[0] : FeedEvent.Bad(text, $"it holds {items.Count} events instead of one");
        }
        catch (FeedUnavailableException e)
        {
            return FeedEvent.Bad(text, e.Message);
        }
    }

    private static string DocumentOf(string element) => element.StartsWith("<entry", StringComparison.Ordinal)
        ? $"<feed xmlns=\"http://www.w3.org/2005/Atom\">{element}</feed>"
        : $"<rss><channel>{element}</channel></rss>";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
