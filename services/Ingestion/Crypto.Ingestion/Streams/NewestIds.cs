using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Streams;

/// <summary>Asks REST for the newest trade of symbols, rather than waiting for their next frame, and queues what is missing.</summary>
public sealed class NewestIds(BinanceRest rest, RepairQueue repairs, TimeProvider clock, ILogger<NewestIds> logger)
{
    /// <summary>Asks for each symbol until it is answered.</summary>
    /// <returns>The symbols that had trades of which the stream did not tell.</returns>
    public async Task<IReadOnlyList<TrackedSymbol>> AskAsync(
        IReadOnlyList<TrackedSymbol> symbols, string reason, CancellationToken cancellation)
    {
        var behind = new List<TrackedSymbol>();
        foreach (var symbol in symbols)
        {
            if (await NewestAsync(symbol, cancellation).ConfigureAwait(false) is not { } newest) continue;
            symbol.TradeSeen(newest.TimeUs);
            if (symbol.Sequence.RaiseTo(newest.LastId) is not { } missing) continue;
            behind.Add(symbol);
            repairs.Add(symbol, new Gap(missing, reason, TradeOrigin.Repair, UnixTime.NowMicroseconds(clock)));
        }
        return behind;
    }

    private async Task<RestTrade?> NewestAsync(TrackedSymbol symbol, CancellationToken cancellation)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));
        while (true)
        {
            TimeSpan pause;
            try
            {
                return await rest.NewestAsync(symbol.Instrument.Symbol, cancellation).ConfigureAwait(false);
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
