namespace Crypto.Query.Rest;

/// <summary>How an answer becomes a table: which of its arrays are rows, and the columns in order.</summary>
/// <param name="Shared">Members of the answer that every row repeats.</param>
/// <param name="Parts">The arrays with the rows; a column <c>part</c> names the array where there are several.</param>
/// <param name="Columns">The rows' members. They are fixed, so that every page has the same ones, an empty page too.</param>
internal sealed record Export(string[] Shared, string[] Parts, string[] Columns)
{
    public static readonly Export LatestPrices = new([], ["prices"], ["symbol", "price", "quantity", "tradeId", "tradeTime"]);

    public static readonly Export Trades = new(["symbol"], ["trades"],
        ["tradeId", "lastTradeId", "price", "quantity", "tradeTime", "receivedTime", "isBuyerMaker", "origin"]);

    public static readonly Export Candles = new(["symbol", "interval"], ["candles"],
    [
        "openTime", "closeTime", "open", "high", "low", "close", "volume", "quoteVolume", "vwap", "tradeCount", "takerBuyVolume",
        "takerBuyQuoteVolume", "firstTradeId", "lastTradeId", "state", "revision", "version", "complete",
    ]);

    public static readonly Export Coverage = new(["symbol"], ["ranges", "gaps"],
        ["first", "last", "reason", "state", "detectedAt", "repairedAt"]);

    public static readonly Export Symbols = new([], ["symbols"], ["symbol", "venue", "firstTradeId", "lastTradeId", "newestTradeTime"]);

    public static readonly Export Analytics = new(["symbol", "interval"], ["indicators", "movingAverages"],
    [
        "openTime", "logReturn", "rsi14", "macd", "macdSignal", "macdHistogram", "bollingerMiddle", "bollingerUpper", "bollingerLower",
        "atr14", "realisedVolatility", "startTime", "endTime", "average", "sma5", "sma15", "sma60", "ema5", "ema15", "ema60",
    ]);

    public static readonly Export Alerts = new([], ["alerts"],
        ["id", "symbol", "kind", "severity", "message", "time", "raisedAt", "evidence"]);

    public static readonly Export News = new([], ["news"], ["id", "source", "title", "link", "publishedAt", "creators", "categories"]);

    public static readonly Export Sentiment = new([], ["values"], ["index", "value", "classification", "time", "source"]);

    public static readonly Export Reconciliation = new(["symbol"], ["intervals"],
        ["interval", "fromTime", "toTime", "compared", "equal", "notCovered", "score", "differences", "checkedAt"]);
}
