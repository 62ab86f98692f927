using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// Stands before the consumer, because the rider takes a batch that failed for one that is done, and moves on. Whatever
/// escapes the consumer ends the process with the batch undone and its offset where it was. (What passes never gets here:
/// <see cref="RiderStore"/> tries it again for ever; what cannot be read is a dead letter, and done.)
/// </summary>
public sealed partial class NothingLostFilter(RiderProgress progress, IHostApplicationLifetime host, ILogger<NothingLostFilter> logger)
    : IFilter<ConsumeContext<Batch<RawRecord>>>
{
    public async Task Send(ConsumeContext<Batch<RawRecord>> context, IPipe<ConsumeContext<Batch<RawRecord>>> next)
    {
        try
        {
            await next.Send(context).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.CancellationToken.IsCancellationRequested)
        {
            // Returning would confirm the batch and throwing would, too: the only safe way on is none.
            progress.Fails($"stopped: {e.Message}");
            Stopping(logger, e, context.Message.Length);
            host.StopApplication();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken).ConfigureAwait(false);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("nothingLost");

    [LoggerMessage(LogLevel.Critical, "A batch of {Count} records cannot be handled; storage stops, so that none is lost")]
    private static partial void Stopping(ILogger logger, Exception failure, int count);
}
