using Crypto.Query.Live;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Query;

/// <summary>The role works when the database answers and both topics are followed.</summary>
internal sealed class QueryHealth(NpgsqlDataSource dataSource, IEnumerable<TopicTail> tails, IOptions<QueryOptions> options) : IHealthCheck
{
    private static readonly TimeSpan DatabaseTimeout = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(DatabaseTimeout);
            await using var probe = dataSource.CreateCommand("select current_user::text, exists (select from market.instruments)");
            data["readsAs"] = (string)(await probe.ExecuteScalarAsync(timeout.Token))!;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"the database has not answered for {DatabaseTimeout.TotalSeconds} s");
        }
        catch (NpgsqlException e)
        {
            return HealthCheckResult.Unhealthy($"the database refuses: {e.Message}");
        }
        var grace = TimeSpan.FromSeconds(options.Value.KafkaGraceSeconds);
        foreach (var tail in tails)
        {
            if (tail.Trouble is { } trouble && tail.TroubleTime >= grace)
                return HealthCheckResult.Unhealthy($"{tail.Topic} has not been followed for {tail.TroubleTime.TotalSeconds:0} s: {trouble}", data: data);
        }
        return HealthCheckResult.Healthy(data: data);
    }
}
