using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Feeds.Sources;
using Crypto.Ingestion.Options;

namespace Crypto.Ingestion.Feeds;

/// <summary>
/// Which feeds run. With a recorded exchange every address that is not set points to it, so that recorded and real never mix:
/// <c>/coingecko/api/v3/coins/markets</c>, <c>/fng/</c>, <c>/rss/markets.xml</c>, <c>/rss/technology.xml</c>.
/// </summary>
internal static class FeedCatalog
{
    public static IReadOnlyList<IFeed> For(
        FeedOptions feeds, IngestionOptions ingestion, BinanceRest exchange, IReadOnlyList<Instrument> instruments, Func<HttpClient> http)
    {
        if (!feeds.Enabled) return [];
        var recorded = ingestion.MarketUrl.TrimEnd('/');
        var isRecorded = recorded.Length > 0;
        var catalog = new List<IFeed>();
        if (feeds.TickerEvery > TimeSpan.Zero)
            catalog.Add(new TickerFeed(exchange, ingestion.Venue, [.. instruments.Select(instrument => instrument.Symbol)], feeds.TickerEvery));
        if (feeds.CoinGeckoEvery > TimeSpan.Zero)
        {
            var key = feeds.CoinGeckoApiKey;
            var client = key.Length > 0 ? new ConditionalClient(http(), ("x-cg-demo-api-key", key)) : new ConditionalClient(http());
            catalog.Add(new CoinGeckoFeed(client, Choose(feeds.CoinGeckoUrl, "/coingecko/api/v3/coins/markets",
                "https://api.coingecko.com/api/v3/coins/markets"), feeds.CoinGeckoIds, feeds.CoinGeckoCurrency, feeds.CoinGeckoEvery));
        }
        if (feeds.FearGreedEvery > TimeSpan.Zero)
            catalog.Add(new FearGreedFeed(new ConditionalClient(http()),
                Choose(feeds.FearGreedUrl, "/fng/", "https://api.alternative.me/fng/"), feeds.FearGreedDays, feeds.FearGreedEvery));
        if (feeds.RssEvery > TimeSpan.Zero)
        {
            var recordedNews = $"markets={recorded}/rss/markets.xml technology={recorded}/rss/technology.xml";
            var list = feeds.RssFeeds.Length > 0 ? feeds.RssFeeds : isRecorded ? recordedNews : RssFeedList.LiveDefault;
            if (RssFeedList.TryParse(list, out var rss, out _))
                catalog.AddRange(rss.Select(feed => new RssFeed(new ConditionalClient(http()), feed.Name, feed.Url, feeds.RssEvery)));
        }
        if (feeds.NewsApiKey.Length > 0 && feeds.NewsApiEvery > TimeSpan.Zero && !isRecorded)
            catalog.Add(new NewsApiFeed(new ConditionalClient(http(), ("X-Api-Key", feeds.NewsApiKey)), feeds.NewsApiUrl, feeds.NewsApiQuery, feeds.NewsApiEvery));
        return catalog;

        string Choose(string setting, string path, string live) => setting.Length > 0 ? setting : isRecorded ? recorded + path : live;
    }
}
