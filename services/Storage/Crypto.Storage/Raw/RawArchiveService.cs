using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.Raw;

/// <summary>Archives the topics of <see cref="StorageOptions.RawTopics"/> while <see cref="StorageOptions.RawFolder"/> is set.</summary>
public sealed partial class RawArchiveService(
    KafkaTopics topics, IOptions<StorageOptions> options, IOptions<KafkaOptions> kafka, TimeProvider clock,
    ILogger<RawArchiveHandler> handlerLogger, ILogger<RawArchiveService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RawFolder is not { } folder) return;
        using var handler = new RawArchiveHandler(folder, handlerLogger);
        using var consumer = new BatchConsumer(options.Value.ToRawConsumerOptions(), kafka.Value, topics, handler, clock, logger);
        try
        {
            await consumer.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (FatalException e)
        {
            Log.Fatal(logger, e.Message);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Critical, "The raw archive stops: {Reason}")]
        public static partial void Fatal(ILogger logger, string reason);
    }
}
