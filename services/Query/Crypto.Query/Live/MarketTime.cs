using Crypto.Contracts;
using Crypto.Query.Data;

namespace Crypto.Query.Live;

/// <summary>The exchange's clock: wall time, or the newest event time of a recording that plays with its own clock.</summary>
internal sealed class MarketTime(MarketCatalog catalog, TradeBook book, LatestPriceRefresh refresh, TimeProvider clock)
{
    /// <summary>Microseconds since the Unix epoch.</summary>
    public async ValueTask<long> NowUsAsync(CancellationToken cancellation)
    {
        var source = await catalog.SourceAsync(cancellation);
        if (source is not { Clock: MarketClock.Original }) return UnixTime.NowMicroseconds(clock);
        await refresh.LoadedAsync(cancellation);
        return book.NewestEventUs;
    }
}
