using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Streams;

/// <summary>Asks REST for the newest trade of symbols, rather than waiting for their next frame, and queues what is missing.</summary>
public sealed class NewestIds(BinanceRest rest, RepairQueue repairs, TimeProvider clock, ILogger<NewestIds> logger)
{
    // One request for all symbols of the venue weighs as much as a few for single ones.
    private const int SinglesMax = 20;

    /// <summary>Asks until it is answered.</summary>
    /// <returns>The symbols that had trades of which the stream did not tell.</returns>
    public async Task<IReadOnlyList<TrackedSymbol>> AskAsync(
        IReadOnlyList<TrackedSymbol> symbols, string reason, CancellationToken cancellation)
    {
        var behind = new List<TrackedSymbol>();
        if (symbols.Count > SinglesMax)
        {
            var ids = await UntilAnsweredAsync<IReadOnlyDictionary<string, long>>(async token => await rest.NewestIdsAsync(token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            foreach (var symbol in symbols)
                if (ids is not null && ids.TryGetValue(symbol.Instrument.Symbol, out var id) && id >= 0) Raise(symbol, id, reason, behind);
            return behind;
        }
        foreach (var symbol in symbols)
        {
            var newest = await UntilAnsweredAsync(token => rest.NewestAsync(symbol.Instrument.Symbol, token), cancellation).ConfigureAwait(false);
            if (newest is null) continue;
            symbol.TradeSeen(newest.TimeUs);
            Raise(symbol, newest.LastId, reason, behind);
        }
        return behind;
    }

    private void Raise(TrackedSymbol symbol, long newestId, string reason, List<TrackedSymbol> behind)
    {
        if (symbol.Sequence.RaiseTo(newestId) is not { } missing) return;
        behind.Add(symbol);
        repairs.Add(symbol, new Gap(missing, reason, TradeOrigin.Repair, UnixTime.NowMicroseconds(clock)));
    }

    // Null where the exchange has nothing, or will not say.
    private async Task<T?> UntilAnsweredAsync<T>(Func<CancellationToken, Task<T?>> request, CancellationToken cancellation)
        where T : class
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));
        while (true)
        {
            TimeSpan pause;
            try
            {
                return await request(cancellation).ConfigureAwait(false);
            }
            catch (ExchangeUnavailableException e)
            {
                pause = e.RetryAfter ?? backoff.Next();
                StreamLog.AnchorWaits(logger, pause, e.Message);
            }
            catch (Exception e) when (e is ExchangeRefusedException or ExchangeRequestException)
            {
                StreamLog.AnchorRefused(logger, e.Message);
                return null;
            }
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
        }
    }
}
