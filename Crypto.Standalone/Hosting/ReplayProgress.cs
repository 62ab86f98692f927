using Crypto.MarketReplay;
using Crypto.MarketReplay.Clocks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Standalone.Hosting;

/// <summary>Tells every few seconds how far a replay has come, until it ends.</summary>
internal sealed partial class ReplayProgress(MarketReplayServer market, ILogger<ReplayProgress> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (market.Status.Loop) return; // a market that never ends has no progress
        using var timer = new PeriodicTimer(Every);
        do
        {
            var status = market.Status;
            if (status.State == ReplayState.Running)
                Log.Progress(logger, status.FramesSent, status.FramesTotal, 100.0 * status.FramesSent / status.FramesTotal);
            if (status.State != ReplayState.Ended) continue;
            Log.Ended(logger, status.FramesSent);
            return;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(
            static tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Replayed {Sent:N0} of {Total:N0} frames ({Percent:0} %)")]
        public static partial void Progress(ILogger logger, long sent, long total, double percent);

        [LoggerMessage(LogLevel.Information, "The recording has ended after {Sent:N0} frames; everything stays up")]
        public static partial void Ended(ILogger logger, long sent);
    }
}
