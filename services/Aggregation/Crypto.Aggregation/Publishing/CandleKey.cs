using Crypto.Contracts;

namespace Crypto.Aggregation.Publishing;

/// <summary>Which candle it is.</summary>
public readonly record struct CandleKey(Instrument Instrument, long IntervalUs, long OpenTimeUs)
{
    public static CandleKey Of(Candle candle) => new(candle.Instrument, candle.Interval.LengthUs, candle.OpenTimeUs);
}
