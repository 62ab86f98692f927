using Crypto.Ingestion.Exchange;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Repair;

/// <summary>
/// Finds trades of the past at the exchange: single ones where it gives them, else aggregates, whose first and last ids
/// cover what single trades would.
/// </summary>
public sealed partial class TradeHistory(BinanceRest rest, bool withAggregates, ILogger<TradeHistory> logger)
{
    // The exchange allows no longer span in one request for aggregates by time.
    private static readonly long SpanUs = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private readonly AggregateLocator _aggregates = new(rest);
    private volatile bool _hasNoSingleTrades = withAggregates;

    /// <summary>Trades from an id on, ascending, at most one answer's worth; the first may be an aggregate that begins before it.</summary>
    public async Task<RestTrade[]> FromIdAsync(string symbol, long fromId, CancellationToken cancellation)
    {
        var rows = await FetchAsync(symbol, fromId, rest.Endpoints.HistoricalTradesMax, cancellation).ConfigureAwait(false);
        Array.Sort(rows, static (a, b) => a.Id.CompareTo(b.Id));
        return rows;
    }

    /// <summary>The newest single trades, ascending.</summary>
    public Task<RestTrade[]> RecentAsync(string symbol, CancellationToken cancellation) => rest.RecentAsync(symbol, cancellation);

    /// <summary>The first trade at the id or after it; null where there is none.</summary>
    public async Task<RestTrade?> FirstFromAsync(string symbol, long fromId, CancellationToken cancellation) =>
        (await FetchAsync(symbol, fromId, 1, cancellation).ConfigureAwait(false)).FirstOrDefault();

    private async Task<RestTrade[]> FetchAsync(string symbol, long fromId, int limit, CancellationToken cancellation)
    {
        if (!_hasNoSingleTrades)
        {
            try
            {
                return await rest.HistoricalTradesAsync(symbol, fromId, limit, cancellation).ConfigureAwait(false);
            }
            catch (ExchangeRequestException e) when (e.Status == 404)
            {
                UseAggregates(e.Message);
            }
            catch (ExchangeRefusedException e) when (e.Status is 401 or 403)
            {
                UseAggregates(e.Message);
            }
        }
        return await _aggregates.FromTradeAsync(symbol, fromId, cancellation).ConfigureAwait(false);
    }

    private void UseAggregates(string reason)
    {
        _hasNoSingleTrades = true;
        Log.UsingAggregates(logger, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The exchange gives no single trades of the past ({Reason}); repairs use aggregates from here on")]
        public static partial void UsingAggregates(ILogger logger, string reason);
    }

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
    internal async Task<long> SearchAsync(string symbol, long timeUs, long newestId, CancellationToken cancellation)
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
