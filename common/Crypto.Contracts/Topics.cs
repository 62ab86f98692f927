namespace Crypto.Contracts;

/// <summary>The Kafka topics of the platform. Keys, values and retention are described in <c>contracts/README.md</c>.</summary>
public static class Topics
{
    public const string Trades = "crypto.trades";
    public const string Coverage = "crypto.coverage";
    public const string Tickers = "crypto.tickers";
    public const string PricesRaw = "crypto.prices.raw";
    public const string Sentiment = "crypto.sentiment";
    public const string News = "crypto.news";
    public const string Candles = "crypto.candles";
    public const string Signals = "crypto.signals";
    public const string Alerts = "crypto.alerts";

    /// <summary>The dead-letter topic of <paramref name="topic"/>: original bytes, with the reason in the headers.</summary>
    public static string DeadLetters(string topic) => topic + ".dlq";
}
