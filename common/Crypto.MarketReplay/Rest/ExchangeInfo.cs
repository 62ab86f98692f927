using System.Text.Json;
using Crypto.MarketReplay.Clocks;

namespace Crypto.MarketReplay.Rest;

/// <summary><c>exchangeInfo</c>: the symbols of the recording and the limits, in Binance's shape.</summary>
internal sealed class ExchangeInfo(ReplayClock clock, bool usdm)
{
    private static readonly string[] Quotes = ["USDT", "USDC", "FDUSD", "TUSD", "BUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "USD"];

    public void Write(RestQuery query, Utf8JsonWriter json)
    {
        var symbols = query.Symbols() ?? clock.Timeline.Tape.Symbols;
        json.WriteStartObject();
        json.WriteString("timezone", "UTC");
        json.WriteNumber("serverTime", query.Time(clock.MarketTimeUs));
        json.WriteStartArray("rateLimits");
        RateLimit(json, "REQUEST_WEIGHT", "MINUTE", 1, usdm ? 2400 : 6000);
        if (!usdm) RateLimit(json, "RAW_REQUESTS", "MINUTE", 5, 61000);
        json.WriteEndArray();
        json.WriteStartArray("exchangeFilters");
        json.WriteEndArray();
        json.WriteStartArray("symbols");
        foreach (var symbol in symbols) Symbol(json, symbol.Symbol);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void RateLimit(Utf8JsonWriter json, string type, string interval, int number, int limit)
    {
        json.WriteStartObject();
        json.WriteString("rateLimitType", type);
        json.WriteString("interval", interval);
        json.WriteNumber("intervalNum", number);
        json.WriteNumber("limit", limit);
        json.WriteEndObject();
    }

    private void Symbol(Utf8JsonWriter json, string symbol)
    {
        var quote = Quotes.FirstOrDefault(q => symbol.Length > q.Length && symbol.EndsWith(q, StringComparison.Ordinal)) ?? "";
        json.WriteStartObject();
        json.WriteString("symbol", symbol);
        if (usdm)
        {
            json.WriteString("pair", symbol);
            json.WriteString("contractType", "PERPETUAL");
        }
        json.WriteString("status", "TRADING");
        json.WriteString("baseAsset", symbol[..^quote.Length]);
        json.WriteNumber("baseAssetPrecision", 8);
        json.WriteString("quoteAsset", quote);
        json.WriteNumber("quotePrecision", 8);
        if (!usdm)
        {
            json.WriteNumber("quoteAssetPrecision", 8);
            json.WriteBoolean("isSpotTradingAllowed", true);
            json.WriteStartArray("permissions");
            json.WriteEndArray();
        }
        json.WriteStartArray("filters");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
