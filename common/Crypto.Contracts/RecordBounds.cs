using System.Text;
using Crypto.Contracts.Feeds;

namespace Crypto.Contracts;

/// <summary>
/// What no exchange sends, though the contract's types allow it. Storage and aggregation refuse the same records, so that
/// no candle holds a trade that the store refused, and no broken clock of a producer moves market time.
/// </summary>
public static class RecordBounds
{
    /// <summary>Far beyond any exchange's ids, and far enough from the end of a long for sums.</summary>
    public const long MaxId = 1L << 60;

    /// <summary>Ids that one record may stand for.</summary>
    public const long MaxIdsAtOnce = 1_000_000;

    // A time far off is a broken clock or unit.
    private static readonly long EarliestUs = UnixTime.ToMicroseconds(new DateTime(2009, 1, 3, 0, 0, 0, DateTimeKind.Utc));
    private static readonly long LatestUs = UnixTime.ToMicroseconds(new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    // A row of PostgreSQL's index holds 2,700 bytes.
    private const int KeyBytesMax = 2000;

    private const string OffTime = "a time is before 2009 or after 2099; times are microseconds since 1970";
    private const string OffIds = "the trade ids are beyond 2^60, or more than a million at once";
    private const string OffText = "a text holds the character U+0000, which PostgreSQL cannot keep";

    /// <summary>What is out of bounds in the trade, or null.</summary>
    public static string? FaultOf(in Trade trade) =>
        IsOff(trade.TradeTimeUs) || IsOff(trade.EventTimeUs) || IsOff(trade.ReceivedTimeUs) ? OffTime
        : trade.LastTradeId > MaxId || trade.Count > MaxIdsAtOnce ? OffIds
        : null;

    /// <summary>What is out of bounds in the event, or null. A gap may be of any length.</summary>
    public static string? FaultOf(in CoverageEvent coverage) =>
        IsOff(coverage.TimeUs) ? OffTime
        : coverage.LastTradeId > MaxId ? OffIds
        : coverage.Reason.Contains('\0') ? OffText
        : coverage.Kind == CoverageKind.Void && coverage.LastTradeId - coverage.FirstTradeId + 1 > MaxIdsAtOnce ? OffIds
        : null;

    /// <summary>What is out of bounds in the event of a slow topic, or null.</summary>
    public static string? FaultOf(IFeedEvent item)
    {
        IEnumerable<string?> texts = item switch
        {
            NewsItem news => [news.Id, news.Source, news.Title, news.Link, .. news.Creators, .. news.Categories],
            CoinPrice price => [price.CoinId, price.VsCurrency, price.Symbol, price.Name],
            SentimentValue sentiment => [sentiment.Index, sentiment.Classification, sentiment.Source],
            TickerSnapshot ticker => [ticker.Symbol, ticker.Source],
            _ => throw new ArgumentOutOfRangeException(nameof(item), item, "no event of a slow topic"),
        };
        return texts.Any(text => text?.Contains('\0') == true) ? OffText
            : Encoding.UTF8.GetByteCount(item.Key) > KeyBytesMax ? $"its key has more than {KeyBytesMax} bytes"
            : null;
    }

    private static bool IsOff(long timeUs) => timeUs < EarliestUs || timeUs >= LatestUs;
}
