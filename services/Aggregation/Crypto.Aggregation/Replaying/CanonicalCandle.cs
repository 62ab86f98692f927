using System.Globalization;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>Everything the exchange would say of a candle, as one line: equal candles have equal bytes.</summary>
public static class CanonicalCandle
{
    public static string LineOf(Candle c) => string.Create(CultureInfo.InvariantCulture,
        $"{c.Key} {UnixTime.ToRfc3339(c.OpenTimeUs)} {c.Open} {c.High} {c.Low} {c.Close} {c.Volume} {c.QuoteVolume} {c.TradeCount} " +
        $"{c.TakerBuyVolume} {c.TakerBuyQuoteVolume} {c.FirstTradeId} {c.LastTradeId}");
}
