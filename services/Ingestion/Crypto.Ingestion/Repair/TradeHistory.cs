using Crypto.Ingestion.Exchange;

namespace Crypto.Ingestion.Repair;

/// <summary>Finds trades of the past at the exchange.</summary>
public sealed class TradeHistory(BinanceRest rest)
{
    // The exchange allows no longer span in one request for aggregates by time.
    private static readonly long SpanUs = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    /// <summary>Trades from an id on, ascending, at most one answer's worth.</summary>
    public async Task<RestTrade[]> FromIdAsync(string symbol, long fromId, CancellationToken cancellation)
    {
        var rows = await rest.HistoricalTradesAsync(symbol, fromId, rest.Endpoints.HistoricalTradesMax, cancellation)
            .ConfigureAwait(false);
        Array.Sort(rows, static (a, b) => a.Id.CompareTo(b.Id));
        return rows;
    }

    /// <summary>The first trade at the id or after it; null where there is none.</summary>
    public async Task<RestTrade?> FirstFromAsync(string symbol, long fromId, CancellationToken cancellation) =>
        (await rest.HistoricalTradesAsync(symbol, fromId, 1, cancellation).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>The first id of a time or after it, among ids up to <paramref name="newest"/>; null where there is none.</summary>
    public async Task<long?> FirstIdSinceAsync(string symbol, long timeUs, RestTrade newest, CancellationToken cancellation)
    {
        if (newest.TimeUs < timeUs) return null;
        try
        {
            var found = await rest.AggregatesAsync(symbol, timeUs, timeUs + SpanUs - 1000, 1, cancellation).ConfigureAwait(false);
            if (found.Length > 0) return found[0].Id;
        }
        catch (ExchangeRequestException)
        {
            // Not every exchange has aggregates; single trades can be searched too.
        }
        return await SearchAsync(symbol, timeUs, newest.LastId, cancellation).ConfigureAwait(false);
    }

    // Backwards in growing steps to a trade before the time, then halving.
    private async Task<long> SearchAsync(string symbol, long timeUs, long newestId, CancellationToken cancellation)
    {
        var (low, high) = (-1L, newestId);
        for (var step = 1000L; low < 0 && high > 0; step *= 2)
        {
            var probe = await FirstFromAsync(symbol, Math.Max(0, high - step), cancellation).ConfigureAwait(false);
            // The exchange's memory begins here, or nothing lies between.
            if (probe is null || probe.Id >= high) return high;
            if (probe.TimeUs < timeUs) low = probe.Id;
            else high = probe.Id;
        }
        while (low + 1 < high)
        {
            var middle = low + ((high - low) / 2);
            var probe = await FirstFromAsync(symbol, middle, cancellation).ConfigureAwait(false);
            if (probe is null || probe.Id >= high) high = middle;
            else if (probe.TimeUs < timeUs) low = probe.Id;
            else high = probe.Id;
        }
        return high;
    }
}
