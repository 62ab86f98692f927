using Crypto.Contracts;
using Crypto.Ingestion.Sequencing;

namespace Crypto.Ingestion.Repair;

/// <summary>The exchange's clock: wall time, or the newest trade of a recording that keeps its own time.</summary>
public sealed class MarketTime(MarketClock clock, SymbolTable symbols, TimeProvider wall)
{
    public MarketClock Clock => clock;

    /// <summary>Microseconds since the Unix epoch; 0 where a recording has not shown a trade yet.</summary>
    public long NowUs
    {
        get
        {
            if (clock == MarketClock.Now) return UnixTime.NowMicroseconds(wall);
            var newest = 0L;
            foreach (var symbol in symbols.All) newest = Math.Max(newest, symbol.NewestTradeUs);
            return newest;
        }
    }
}
