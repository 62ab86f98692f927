using Crypto.Contracts;
using Crypto.Postgres;
using Npgsql;

namespace Crypto.Storage.Service;

/// <summary>Makes or updates the schema, for orchestrators that start the services after it.</summary>
internal static partial class MigrationStep
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <returns>0, or 1 where the schema could not be made; the log says why.</returns>
    public static async Task<int> RunAsync(WebApplicationBuilder builder)
    {
        await using var app = builder.Build();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Crypto.Storage.Migration");
        using var giveUp = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                var count = await SchemaMigrator.MigrateAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), giveUp.Token);
                Applied(logger, count);
                return 0;
            }
            catch (NpgsqlException e) when (e.IsTransient && !giveUp.IsCancellationRequested)
            {
                Waiting(logger, e.Message);
                await Task.Delay(Pause);
            }
            catch (Exception e) when (e is FatalException or NpgsqlException or OperationCanceledException)
            {
                Failed(logger, e.Message);
                return 1;
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The schema is up to date; {Count} migrations were applied")]
    private static partial void Applied(ILogger logger, int count);

    [LoggerMessage(LogLevel.Warning, "Waiting for the database: {Reason}")]
    private static partial void Waiting(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Critical, "The schema is not up to date: {Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
