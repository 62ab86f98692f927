using Confluent.Kafka;
using Crypto.Ingestion.Options;
using Crypto.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Ingestion.Feeds;

/// <summary>Runs the slow feeds once ingestion knows its market; each in a loop of its own, so that none touches another.</summary>
public sealed partial class FeedService(
    IngestionService ingestion, IOptions<FeedOptions> feeds, IOptions<IngestionOptions> options, IHttpClientFactory http,
    IProducer<byte[], byte[]> producer, DeadLetters deadLetters, NpgsqlDataSource dataSource, TimeProvider clock,
    ILoggerFactory loggers) : BackgroundService
{
    private readonly ILogger _logger = loggers.CreateLogger<FeedService>();
    private volatile IReadOnlyList<FeedWorker> _workers = [];

    /// <summary>When the feeds were started; null before.</summary>
    public DateTimeOffset? Started { get; private set; }

    /// <summary>How each feed is doing.</summary>
    public IReadOnlyList<FeedStatus> Statuses => [.. _workers.Select(worker => worker.Status)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var market = await ingestion.Market.WaitAsync(stoppingToken).ConfigureAwait(false);
            var store = new FeedStatusStore(dataSource);
            _workers = [.. FeedCatalog.For(feeds.Value, options.Value, market.Exchange, market.Instruments,
                () => http.CreateClient(IngestionService.HttpClientName)).Select(feed => new FeedWorker(
                    feed, producer, deadLetters, store, clock, loggers.CreateLogger<FeedWorker>()))];
            Started = clock.GetUtcNow();
            Log.Started(_logger, _workers.Count, string.Join(", ", _workers.Select(worker => worker.Status.Contract.Name)));
            await Task.WhenAll(_workers.Select(worker => worker.RunAsync(stoppingToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} slow feeds: {Feeds}")]
        public static partial void Started(ILogger logger, int count, string feeds);
    }
}
