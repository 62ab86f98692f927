using Crypto.Ingestion.Exchange;

namespace Crypto.Ingestion.Repair;

/// <summary>
/// Finds aggregates by the id of a trade, which the exchange does not offer: it takes the ids of aggregates only. An
/// aggregate stands for at least one trade, so the two kinds of ids bound each other, and interpolation gets there fast.
/// </summary>
internal sealed class AggregateLocator(BinanceRest rest)
{
    private const int ProbesMax = 60;
    private const int AnswerMax = 1000;

    /// <summary>Aggregates from the one that contains the trade on (or from the first after it), ascending; empty at the end.</summary>
    public async Task<RestTrade[]> FromTradeAsync(string symbol, long tradeId, CancellationToken cancellation)
    {
        var newest = await rest.NewestAggregateAsync(symbol, cancellation).ConfigureAwait(false);
        if (newest is null || newest.LastId < tradeId) return [];
        // Every aggregate between here and there has at least one trade.
        var (low, lowTrade) = (Math.Max(0, newest.AggregateId - Math.Max(0, newest.Id - tradeId)), tradeId);
        var (high, highTrade) = (newest.AggregateId, newest.Id);
        var guess = low;
        for (var probe = 0; probe < ProbesMax; probe++)
        {
            var rows = await rest.AggregatesAsync(symbol, guess, cancellation).ConfigureAwait(false);
            if (rows.Length == 0) return [];
            var (first, last) = (rows[0], rows[^1]);
            if (first.Id <= tradeId && last.LastId >= tradeId)
                return await FromAsync(symbol, [.. rows.SkipWhile(row => row.LastId < tradeId)], rows.Length, cancellation).ConfigureAwait(false);
            if (first.Id > tradeId)
            {
                // Nothing lies before, or the exchange's memory begins here.
                if (guess <= low) return rows;
                (high, highTrade) = (guess - 1, first.Id);
            }
            else (low, lowTrade) = (last.AggregateId + 1, last.LastId + 1);
            guess = Guess(low, lowTrade, high, highTrade, tradeId, probe);
        }
        throw new ExchangeUnavailableException($"trade {tradeId} of {symbol} was not found among the aggregates in {ProbesMax} requests");
    }

    // An answer that is nearly over is asked anew from the aggregate that was found, so that the caller always gets ahead.
    private async Task<RestTrade[]> FromAsync(string symbol, RestTrade[] found, int answered, CancellationToken cancellation) =>
        answered < AnswerMax || found.Length >= AnswerMax / 2
            ? found
            : await rest.AggregatesAsync(symbol, found[0].AggregateId, cancellation).ConfigureAwait(false);

    // Interpolation, a little early so that the answer contains the trade; every third time the middle, for odd histories.
    private static long Guess(long low, long lowTrade, long high, long highTrade, long tradeId, int probe)
    {
        if (high <= low) return low;
        var share = highTrade > lowTrade ? Math.Clamp((tradeId - lowTrade) / (double)(highTrade - lowTrade), 0, 1) : 0.5;
        if (probe % 3 == 2) share = 0.5;
        return Math.Clamp(low + (long)((high - low) * share) - 400, low, high);
    }
}
