using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Repair;

/// <summary>Repeats a request until the exchange answers it; what it refuses for good is thrown at once.</summary>
internal static class PatientRequest
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    internal static async Task<T> AskAsync<T>(
        TrackedSymbol symbol, Func<Task<T>> request, TimeProvider clock, ILogger logger, CancellationToken cancellation)
    {
        var backoff = new Backoff(PauseMin, PauseMax);
        while (true)
        {
            TimeSpan pause;
            try
            {
                return await request().ConfigureAwait(false);
            }
            catch (ExchangeUnavailableException e)
            {
                // Not sooner than asked, and never at once: "after 0 seconds" comes from servers that are in trouble.
                pause = backoff.Next();
                if (e.RetryAfter > pause) pause = e.RetryAfter.Value;
                GapLog.Waiting(logger, symbol.Instrument.Key, pause, e.Message);
            }
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
        }
    }
}
