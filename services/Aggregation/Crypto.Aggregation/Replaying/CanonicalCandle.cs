using System.Globalization;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>Everything the exchange would say of a candle, as one line: equal candles have equal bytes.</summary>
public static class CanonicalCandle
{
    public static string LineOf(Candle c) => string.Create(CultureInfo.InvariantCulture,
        $"{c.Key} {UnixTime.ToRfc3339(c.OpenTimeUs)} {Text(c.Open)} {Text(c.High)} {Text(c.Low)} {Text(c.Close)} {Text(c.Volume)} " +
        $"{Text(c.QuoteVolume)} {c.TradeCount} {Text(c.TakerBuyVolume)} {Text(c.TakerBuyQuoteVolume)} {c.FirstTradeId} {c.LastTradeId}");

    // Without zeros at the end: how many there are depends on which trades came when, and says nothing.
    private static string Text(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
