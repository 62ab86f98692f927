using Crypto.Contracts;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Streams;

/// <summary>
/// Asks REST for the newest trade of symbols, rather than waiting for their next frame, and queues what is missing. REST may
/// be ahead of frames that are still in the socket, so an answer only counts where the stream then stays quiet: a stream
/// that goes on shows a hole by itself, with the next frame.
/// </summary>
public sealed class NewestIds(
    BinanceRest rest, RepairQueue repairs, Func<bool> isHeldBack, TimeSpan quietFor, TimeProvider clock, ILogger<NewestIds> logger)
{
    private static readonly TimeSpan SettlePoll = TimeSpan.FromMilliseconds(50);

    // One request for all symbols of the venue weighs as much as a few for single ones.
    private const int SinglesMax = 20;

    /// <summary>Asks until it is answered.</summary>
    /// <returns>The symbols that had trades of which the stream did not tell.</returns>
    public async Task<IReadOnlyList<TrackedSymbol>> AskAsync(
        IReadOnlyList<TrackedSymbol> symbols, string reason, CancellationToken cancellation)
    {
        var newest = await NewestAsync(symbols, cancellation).ConfigureAwait(false);
        var (behind, answeredUs) = (new List<TrackedSymbol>(), UnixTime.NowMicroseconds(clock));
        while (newest.Count > 0)
        {
            await Task.Delay(SettlePoll, clock, cancellation).ConfigureAwait(false);
            var nowUs = UnixTime.NowMicroseconds(clock);
            // Whoever does not read because Kafka does not take cannot tell a quiet stream from a full socket.
            if (isHeldBack()) answeredUs = nowUs;
            newest.RemoveAll(answer => IsSettled(answer.Symbol, answer.Id, answeredUs, nowUs, reason, behind));
        }
        return behind;
    }

    private async Task<List<(TrackedSymbol Symbol, long Id)>> NewestAsync(IReadOnlyList<TrackedSymbol> symbols, CancellationToken cancellation)
    {
        var newest = new List<(TrackedSymbol, long)>();
        if (symbols.Count > SinglesMax)
        {
            var ids = await UntilAnsweredAsync<IReadOnlyDictionary<string, long>>(
                async token => await rest.NewestIdsAsync(token).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            foreach (var symbol in symbols)
                if (ids is not null && ids.TryGetValue(symbol.Instrument.Symbol, out var id) && id >= 0) newest.Add((symbol, id));
            return newest;
        }
        foreach (var symbol in symbols)
        {
            var trade = await UntilAnsweredAsync(token => rest.NewestAsync(symbol.Instrument.Symbol, token), cancellation).ConfigureAwait(false);
            if (trade is null) continue;
            symbol.TradeSeen(trade.TimeUs);
            newest.Add((symbol, trade.LastId));
        }
        return newest;
    }

    private bool IsSettled(
        TrackedSymbol symbol, long newestId, long answeredUs, long nowUs, string reason, List<TrackedSymbol> behind)
    {
        if (symbol.Sequence.Newest >= newestId) return true;
        var quietSinceUs = Math.Max(symbol.LastFrameUs, answeredUs);
        if (nowUs - quietSinceUs < (long)quietFor.TotalMicroseconds) return false;
        if (symbol.Sequence.RaiseTo(newestId) is not { } missing) return true;
        behind.Add(symbol);
        repairs.Add(symbol, new Gap(missing, reason, TradeOrigin.Repair, nowUs));
        return true;
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
