using System.Text.Json.Serialization;
using Crypto.Contracts;

namespace Crypto.Query.Data;

/// <summary>A value of a sentiment index, 0 (extreme fear) to 100 (extreme greed).</summary>
public sealed record SentimentRow(string Index, int Value, string Classification, DateTime Time, string Source);

/// <summary>A news item; its text is not HTML.</summary>
public sealed record NewsRow(
    string Id, string Source, string Title, string? Link, DateTime PublishedAt, string[] Creators, string[] Categories)
{
    /// <summary>Where a page that ends with this item ended.</summary>
    [JsonIgnore]
    public RowPosition Position => new(UnixTime.ToMicroseconds(PublishedAt), Id);
}

/// <summary>
/// An alert: what was seen at which market time, the wall time when it was raised, and the numbers that show it as JSON.
/// </summary>
public sealed record AlertRow(
    long Id, string Symbol, string Kind, string Severity, string Message, string Evidence, DateTime Time, DateTime RaisedAt);

/// <summary>Indicators of one candle; null while there are not enough candles before it.</summary>
public sealed record IndicatorRow(
    DateTime OpenTime, double? LogReturn, double? Rsi14, double? Macd, double? MacdSignal, double? MacdHistogram,
    double? BollingerMiddle, double? BollingerUpper, double? BollingerLower, double? Atr14, double? RealisedVolatility);

/// <summary>The average price of a minute, and moving averages of the closes up to it.</summary>
public sealed record AverageRow(
    DateTime StartTime, DateTime EndTime, decimal Average, double? Sma5, double? Sma15, double? Sma60, double? Ema5, double? Ema15, double? Ema60);

/// <summary>What is expected of the candle that opens at <see cref="OpenTime"/>.</summary>
public sealed record ForecastRow(DateTime OpenTime, string Method, double Volatility, double RangeLow, double RangeHigh, ForecastScoreRow? Score);

/// <summary>How the method did on stored candles beside the naive forecast; losses are QLIKE, lower is better.</summary>
public sealed record ForecastScoreRow(
    int Samples, double Loss, double NaiveLoss, double MeanAbsoluteError, double NaiveMeanAbsoluteError, double BandCoverage, DateTime UpdatedAt);

/// <summary>The newest comparison with the exchange's own candles; the differences are a JSON array.</summary>
public sealed record ReconciliationRow(
    string Interval, DateTime FromTime, DateTime ToTime, int Compared, int Equal, int NotCovered, double Score, string Differences, DateTime CheckedAt);

/// <summary>A symbol with the extent of what is stored of it.</summary>
public sealed record SymbolRow(string Symbol, string Venue, long? FirstTradeId, long? LastTradeId, DateTime? NewestTradeTime);

/// <summary>How fresh a slow feed is, beside what it promises; the age is that of its last good answer.</summary>
public sealed record FeedRow(
    string Feed, DateTime? LastEventAt, DateTime? LastSuccessAt, bool Stale, double? AgeSeconds, double ExpectedEverySeconds,
    double StaleAfterSeconds, string? Failure);
