using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Storage.MassTransit;

/// <summary>Brings the schema up to date and makes the topics. Consumers wait for it; the process is alive meanwhile.</summary>
public sealed partial class StorePreparation(
    NpgsqlDataSource dataSource, KafkaTopics topics, RiderProgress progress, TimeProvider clock, ILogger<StorePreparation> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when records may be stored.</summary>
    public Task Ready => _ready.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryMigrateAsync(stoppingToken).ConfigureAwait(false))
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(false);
            await topics.EnsureAsync(stoppingToken).ConfigureAwait(false);
            progress.Works();
            _ready.TrySetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _ready.TrySetCanceled(stoppingToken);
        }
    }

    private async Task<bool> TryMigrateAsync(CancellationToken cancellation)
    {
        try
        {
            await SchemaMigrator.MigrateAsync(dataSource, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (NpgsqlException e) when (e is not PostgresException || e.IsTransient)
        {
            progress.Fails($"waits for the database: {e.Message}");
            Waiting(logger, e.Message);
            return false;
        }
        catch (PostgresException e)
        {
            throw new FatalException($"the schema cannot be made: {e.MessageText}", e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for the database: {Reason}")]
    private static partial void Waiting(ILogger logger, string reason);
}
