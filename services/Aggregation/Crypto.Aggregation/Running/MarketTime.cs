using Crypto.Aggregation.Series;
using Crypto.Contracts;

namespace Crypto.Aggregation.Running;

/// <summary>
/// The exchange's clock. Wall time for a live market and a recording shifted to now; for a recording in its own time the
/// newest event time, which stands still when the recording ends.
/// </summary>
public sealed class MarketTime(TimeProvider clock)
{
    // A trade may be from the future by the skew between two clocks, but no further does it move ours.
    private const long MostSkewUs = 10 * UnixTime.MicrosecondsPerSecond;

    private long _newestEventUs;

    /// <summary>Where the data come from; null until the store knows.</summary>
    public MarketSource? Source { get; set; }

    /// <summary>Now, microseconds; 0 while nothing is known.</summary>
    public long NowUs => Source?.Clock == MarketClock.Now ? UnixTime.NowMicroseconds(clock) : _newestEventUs;

    /// <summary>Notes the time of an event.</summary>
    public void Note(long eventTimeUs) => _newestEventUs = Math.Max(_newestEventUs, eventTimeUs);

    /// <summary>The time for one instrument: its own trades may be ahead of our clock.</summary>
    public long For(InstrumentState state)
    {
        var now = NowUs;
        return Math.Max(now, Math.Min(state.NewestTradeUs, now + MostSkewUs));
    }
}
