using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Projects;

namespace Crypto.AppHost.Foundations;

internal static class EmbeddedKafka
{
    /// <summary>The standalone host's broker as a process of its own, and the connection string that leads to it.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddEmbeddedKafka(
        this IDistributedApplicationBuilder builder, string name, Plan plan)
    {
        // Clients follow the address that the broker advertises, so it must be the broker's own and not a proxy's.
        var broker = builder.AddProject<Crypto_Standalone>($"{name}-broker", launchProfileName: null)
            .WithEndpoint(name: "kafka", scheme: "tcp", isProxied: false);
        var port = broker.GetEndpoint("kafka").Property(EndpointProperty.TargetPort);
        broker.WithArgs("up", "--roles", "kafka", "--http", "0", "--data", plan.DataFolder, "--kafka", port);

        var address = ReferenceExpression.Create($"127.0.0.1:{port}");
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"{name}-answers", _ => new KafkaProbe(address), HealthStatus.Unhealthy, tags: null));
        broker.WithHealthCheck($"{name}-answers");
        // Started is not listening: whoever waits for the connection string waits for the broker's answer.
        return builder.AddConnectionString(name, address).WaitFor(broker).WithHealthCheck($"{name}-answers");
    }
}
