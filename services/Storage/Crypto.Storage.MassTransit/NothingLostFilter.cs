using Crypto.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// Stands before the consumer, because the rider takes a batch that failed for one that is done, and moves on. What passes
/// is tried again for ever; anything else ends the process with the batch undone, and its offsets where they were.
/// </summary>
/// <remarks>
/// One batch of this process is stored at a time, and the next has its turn only once this one is in the store: whatever
/// moment the process ends at, nothing behind an undone batch was confirmed. More at once are had by more processes.
/// </remarks>
public sealed partial class NothingLostFilter(
    RiderProgress progress, IOptions<RiderOptions> options, TimeProvider clock, IHostApplicationLifetime host,
    ILogger<NothingLostFilter> logger) : IFilter<ConsumeContext<Batch<RawRecord>>>, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task Send(ConsumeContext<Batch<RawRecord>> context, IPipe<ConsumeContext<Batch<RawRecord>>> next)
    {
        var cancellation = context.CancellationToken;
        var pause = options.Value.MaxRetryPause / 100;
        string? reason = null;
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        while (true)
        {
            try
            {
                await next.Send(context).ConfigureAwait(false);
                _turn.Release();
                return;
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                throw;
            }
            catch (RetriableException e)
            {
                if (reason != e.Message) Retrying(logger, context.Message.Length, e.Message);
                progress.Fails(reason = e.Message);
            }
            catch (Exception e)
            {
                // Returning would confirm the batch and throwing would, too: the only safe way on is none. The turn stays taken.
                progress.Fails($"stopped: {e.Message}");
                Stopping(logger, e, context.Message.Length);
                host.StopApplication();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
            }
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
            if (pause < options.Value.MaxRetryPause) pause *= 2;
        }
    }

    public void Dispose() => _turn.Dispose();

    public void Probe(ProbeContext context) => context.CreateFilterScope("nothingLost");

    [LoggerMessage(LogLevel.Warning, "A batch of {Count} records cannot be stored, trying again: {Reason}")]
    private static partial void Retrying(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Critical, "A batch of {Count} records cannot be stored; storage stops, so that none is lost")]
    private static partial void Stopping(ILogger logger, Exception failure, int count);
}
