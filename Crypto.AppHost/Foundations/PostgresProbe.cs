using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Crypto.AppHost.Foundations;

/// <summary>Opens a connection and asks for something: an open port alone says nothing.</summary>
internal sealed class PostgresProbe(ReferenceExpression connectionString) : IHealthCheck
{
    public static HealthCheckRegistration Registration(string name, ReferenceExpression connectionString) =>
        new(name, _ => new PostgresProbe(connectionString), HealthStatus.Unhealthy, tags: null);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = new NpgsqlConnection(await connectionString.GetValueAsync(cancellationToken));
            await connection.OpenAsync(cancellationToken);
            return HealthCheckResult.Healthy($"PostgreSQL {connection.PostgreSqlVersion}, database {connection.Database}");
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy($"no PostgreSQL: {e.Message}");
        }
    }
}
