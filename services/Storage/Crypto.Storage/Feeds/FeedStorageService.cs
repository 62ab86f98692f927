using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.Feeds;

/// <summary>Stores the slow topics, apart from the trades, so that neither waits for the other.</summary>
public sealed partial class FeedStorageService : BackgroundService, IStorageConsumer
{
    private readonly SchemaGate _schema;
    private readonly BatchConsumer _consumer;
    private readonly ILogger _logger;

    public FeedStorageService(
        SchemaGate schema, FeedBatchHandler handler, KafkaTopics topics, IOptions<StorageOptions> options, IOptions<KafkaOptions> kafka,
        TimeProvider clock, ILogger<FeedStorageService> logger)
    {
        (_schema, _logger) = (schema, logger);
        _consumer = new BatchConsumer(options.Value.ToFeedConsumerOptions(), kafka.Value, topics, handler, clock, logger);
    }

    public string Name => "feeds";

    public ConsumerStatus Status => _consumer.Status;

    public string? NotStarted => _schema.Waiting;

    public override void Dispose()
    {
        _consumer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _schema.Migrated.WaitAsync(stoppingToken).ConfigureAwait(false);
            await _consumer.RunAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        catch (FatalException e)
        {
            Log.Fatal(_logger, e.Message);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Critical, "Storage of the slow feeds stops: {Reason}")]
        public static partial void Fatal(ILogger logger, string reason);
    }
}
