using Crypto.Postgres.Local;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Standalone.Hosting;

/// <summary>Starts the database server again when it died; the services wait and go on where they were.</summary>
internal sealed partial class PostgresSupervisor(LocalPostgres postgres, ILogger<PostgresSupervisor> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!postgres.IsRunning) await RestartAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.Ends(logger);
        }
    }

    private async Task RestartAsync(CancellationToken cancellation)
    {
        Log.Died(logger);
        try
        {
            await postgres.StartAsync(cancellation);
        }
        catch (LocalPostgresException e)
        {
            Log.CannotStart(logger, e.Message, LookEvery.TotalSeconds);
        }
    }

    /// <summary>Healthy while the server process lives.</summary>
    internal sealed class Check(LocalPostgres postgres) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(postgres.IsRunning
                ? HealthCheckResult.Healthy($"listens on 127.0.0.1:{postgres.Port}")
                : HealthCheckResult.Unhealthy("the PostgreSQL server is not running; it is being started again"));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The PostgreSQL server died; starting it again")]
        public static partial void Died(ILogger logger);

        [LoggerMessage(LogLevel.Error, "{Reason}; trying again in {Seconds} s")]
        public static partial void CannotStart(ILogger logger, string reason, double seconds);

        [LoggerMessage(LogLevel.Debug, "No longer watching the PostgreSQL server")]
        public static partial void Ends(ILogger logger);
    }
}
