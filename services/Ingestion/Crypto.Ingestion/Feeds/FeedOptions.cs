namespace Crypto.Ingestion.Feeds;

/// <summary>The slow feeds. Section <c>Feeds</c>. Empty addresses: the source's own, or the recorded exchange's copy of it.</summary>
public sealed class FeedOptions
{
    public const string Section = "Feeds";

    /// <summary>False: no slow feed at all.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often the 24-hour tickers are asked for; zero: not at all.</summary>
    public TimeSpan TickerEvery { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often CoinGecko is asked; zero: not at all. Its free use allows few calls a minute.</summary>
    public TimeSpan CoinGeckoEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Address of <c>/coins/markets</c>.</summary>
    public string CoinGeckoUrl { get; set; } = "";

    /// <summary>CoinGecko's ids, comma-separated, all fetched in one call.</summary>
    public string CoinGeckoIds { get; set; } = "bitcoin,ethereum,ripple,binancecoin,solana,dogecoin,tron,cardano,hyperliquid,sui";

    public string CoinGeckoCurrency { get; set; } = "usd";

    /// <summary>Optional; sent as <c>x-cg-demo-api-key</c>.</summary>
    public string CoinGeckoApiKey { get; set; } = "";

    /// <summary>How often alternative.me's Fear and Greed index is asked for; zero: not at all. It changes once a day.</summary>
    public TimeSpan FearGreedEvery { get; set; } = TimeSpan.FromMinutes(15);

    public string FearGreedUrl { get; set; } = "";

    /// <summary>Days of history asked for, so that days on which nothing ran are filled.</summary>
    public int FearGreedDays { get; set; } = 30;

    /// <summary>How often each RSS feed is asked; zero: not at all.</summary>
    public TimeSpan RssEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary><c>name=address</c>, separated by spaces.</summary>
    public string RssFeeds { get; set; } = "";

    /// <summary>Without a key NewsAPI is not asked.</summary>
    public string NewsApiKey { get; set; } = "";

    public TimeSpan NewsApiEvery { get; set; } = TimeSpan.FromMinutes(30);

    public string NewsApiUrl { get; set; } = "https://newsapi.org/v2/everything";

    public string NewsApiQuery { get; set; } = "bitcoin OR ethereum OR crypto";
}
