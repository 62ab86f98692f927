using Crypto.Contracts;

namespace Crypto.Aggregation.Analytics;

/// <summary>From when on the closed candles of a series changed since analytics last looked. Any thread may note.</summary>
public sealed class ChangedCandles
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Instrument Instrument, Interval Interval), long> _fromUs = [];

    /// <summary>Notes committed candles; open ones are of no interest.</summary>
    public void Note(IReadOnlyList<Candle> candles)
    {
        lock (_lock)
        {
            foreach (var candle in candles)
            {
                if (candle.State == CandleState.Live) continue;
                var key = (candle.Instrument, candle.Interval);
                if (!_fromUs.TryGetValue(key, out var fromUs) || candle.OpenTimeUs < fromUs) _fromUs[key] = candle.OpenTimeUs;
            }
        }
    }

    /// <summary>Takes what was noted of a series; null where nothing changed.</summary>
    public long? Take(Instrument instrument, Interval interval)
    {
        lock (_lock) return _fromUs.Remove((instrument, interval), out var fromUs) ? fromUs : null;
    }
}
