using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.Raw;

/// <summary>Archives the topics of <see cref="StorageOptions.RawTopics"/> while <see cref="StorageOptions.RawFolder"/> is set.</summary>
public sealed partial class RawArchiveService : BackgroundService, IStorageConsumer
{
    private readonly RawArchiveHandler? _handler;
    private readonly BatchConsumer? _consumer;
    private readonly ILogger _logger;

    public RawArchiveService(
        KafkaTopics topics, IOptions<StorageOptions> options, IOptions<KafkaOptions> kafka, TimeProvider clock,
        ILogger<RawArchiveHandler> handlerLogger, ILogger<RawArchiveService> logger)
    {
        _logger = logger;
        if (options.Value.RawFolder is not { } folder) return;
        _handler = new RawArchiveHandler(folder, handlerLogger);
        _consumer = new BatchConsumer(options.Value.ToRawConsumerOptions(), kafka.Value, topics, _handler, clock, logger);
    }

    public string Name => "archive";

    public ConsumerStatus? Status => _consumer?.Status;

    public string? NotStarted => null;

    public override void Dispose()
    {
        _consumer?.Dispose();
        _handler?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_consumer is null) return;
        try
        {
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
        [LoggerMessage(LogLevel.Critical, "The raw archive stops: {Reason}")]
        public static partial void Fatal(ILogger logger, string reason);
    }
}
