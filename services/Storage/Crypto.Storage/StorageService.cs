using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Storage;

/// <summary>The role: migrates the schema, then stores trades until it is stopped.</summary>
public sealed partial class StorageService : BackgroundService, IStorageConsumer
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly BatchConsumer _consumer;
    private readonly ILogger _logger;
    private readonly SchemaGate _schema;

    public StorageService(
        NpgsqlDataSource dataSource, TradeBatchHandler handler, KafkaTopics topics, IOptions<StorageOptions> options,
        IOptions<KafkaOptions> kafka, SchemaGate schema, TimeProvider clock, ILogger<StorageService> logger)
    {
        (_dataSource, _schema, _logger) = (dataSource, schema, logger);
        _consumer = new BatchConsumer(
            options.Value.ToConsumerOptions([Topics.Trades, Topics.Coverage]), kafka.Value, topics, handler, clock, logger);
    }

    public string Name => "trades";

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
            await MigrateAsync(stoppingToken).ConfigureAwait(false);
            _schema.Open();
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

    private async Task MigrateAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var applied = await SchemaMigrator.MigrateAsync(_dataSource, cancellation).ConfigureAwait(false);
                if (applied > 0) Log.Migrated(_logger, applied);
                return;
            }
            catch (NpgsqlException e) when (DatabaseFailure.TranslateMigration(e) is RetriableException reason)
            {
                _schema.Waits(reason.Message);
                Log.Waiting(_logger, reason.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation).ConfigureAwait(false);
            }
            catch (NpgsqlException e)
            {
                throw DatabaseFailure.TranslateMigration(e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The schema was brought up to date by {Count} migrations")]
        public static partial void Migrated(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "Waiting for the database: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Critical, "Storage stops: {Reason}")]
        public static partial void Fatal(ILogger logger, string reason);
    }
}
