using System.Text.Json;
using Crypto.Contracts;
using Crypto.Contracts.Feeds;

namespace Crypto.Ingestion.Letters;

/// <summary>What a topic's readers would refuse in a record: the contract, and the bounds that storage keeps beyond it.</summary>
internal static class RecordFault
{
    /// <summary>The fault, or null where storage takes the record.</summary>
    public static string? Of(string topic, byte[]? value)
    {
        if (value is null) return "the value is null";
        return topic switch
        {
            Topics.Trades => OfTrade(value),
            Topics.Coverage => OfCoverage(value),
            Topics.Tickers => OfFeed<TickerSnapshot>(value),
            Topics.PricesRaw => OfFeed<CoinPrice>(value),
            Topics.Sentiment => OfFeed<SentimentValue>(value),
            Topics.News => OfFeed<NewsItem>(value),
            _ => $"nobody reads {topic} in a way that a replay could mend",
        };
    }

    private static string? OfTrade(byte[] value) =>
        TradeJson.TryRead(value, new InstrumentCache(), out var trade, out var fault) ? RecordBounds.FaultOf(trade) : fault;

    private static string? OfFeed<T>(byte[] value)
        where T : class, IFeedEvent => FeedJson.TryRead<T>(value, out var item, out var fault) ? RecordBounds.FaultOf(item!) : fault;

    private static string? OfCoverage(byte[] value)
    {
        try
        {
            return RecordBounds.FaultOf(CoverageJson.Read(value));
        }
        catch (JsonException e)
        {
            return $"no coverage event: {e.Message}";
        }
    }
}
