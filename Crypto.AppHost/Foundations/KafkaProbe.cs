using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.AppHost.Foundations;

/// <summary>Asks the broker for its metadata: an open port alone says nothing.</summary>
internal sealed class KafkaProbe(ReferenceExpression address) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var servers = await address.GetValueAsync(cancellationToken);
        using var client = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = servers })
            .SetLogHandler((_, _) => { })
            .Build();
        try
        {
            var metadata = client.GetMetadata(Patience);
            return HealthCheckResult.Healthy($"{metadata.Brokers.Count} broker(s), {metadata.Topics.Count} topics");
        }
        catch (KafkaException e)
        {
            return HealthCheckResult.Unhealthy($"no Kafka at {servers}: {e.Error.Reason}");
        }
    }
}
