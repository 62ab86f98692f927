namespace Crypto.Contracts;

/// <summary>How settled a candle is.</summary>
public enum CandleState : byte
{
    /// <summary>Market time is still inside it.</summary>
    Live,

    /// <summary>Market time has passed its end.</summary>
    Closed,

    /// <summary>The watermark has passed its end; only a repaired trade changes it now, and raises the revision.</summary>
    Final,
}

/// <summary>One candle, with every field of Binance's kline and the volume-weighted average price.</summary>
/// <param name="Instrument">Venue and symbol.</param>
/// <param name="Interval">1s, 1m, 5m, 15m, 1h, 4h or 1d.</param>
/// <param name="OpenTimeUs">Start, inclusive: microseconds since the Unix epoch, aligned to UTC.</param>
/// <param name="Open">Price of the first trade by trade id; in a flat candle the previous close.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Price of the last trade by trade id.</param>
/// <param name="Volume">Sum of quantities, base asset.</param>
/// <param name="QuoteVolume">Sum of price times quantity, exact, quote asset.</param>
/// <param name="TradeCount">Number of the exchange's trades.</param>
/// <param name="TakerBuyVolume">The part of the volume where the taker bought, base asset.</param>
/// <param name="TakerBuyQuoteVolume">The part of the quote volume where the taker bought.</param>
/// <param name="FirstTradeId">First trade id, or null without trades.</param>
/// <param name="LastTradeId">Last trade id, or null without trades.</param>
/// <param name="State">Live, closed or final.</param>
/// <param name="Revision">0, and one more each time that a settled candle changed.</param>
/// <param name="Version">Rises with every committed state; readers keep the highest.</param>
/// <param name="Complete">Every id from first to last is stored or void, and the candle joins its neighbours.</param>
public sealed record Candle(
    Instrument Instrument,
    Interval Interval,
    long OpenTimeUs,
    decimal Open,
    decimal High,
    decimal Low,
    decimal Close,
    decimal Volume,
    decimal QuoteVolume,
    long TradeCount,
    decimal TakerBuyVolume,
    decimal TakerBuyQuoteVolume,
    long? FirstTradeId,
    long? LastTradeId,
    CandleState State,
    int Revision,
    long Version,
    bool Complete)
{
    /// <summary>The candle's last microsecond.</summary>
    public long CloseTimeUs => OpenTimeUs + Interval.LengthUs - 1;

    /// <summary>Quote volume by volume, to 12 decimals, half to even; null without trades.</summary>
    public decimal? Vwap => Volume == 0 ? null : Math.Round(QuoteVolume / Volume, 12, MidpointRounding.ToEven);

    /// <summary>The record key in Kafka: <c>binance:BTCUSDT:1m</c>.</summary>
    public string Key => $"{Instrument.Key}:{Interval.Name}";
}
