namespace Crypto.AppHost.Foundations;

internal static class ManagedKafka
{
    /// <summary>
    /// A Kafka cluster that somebody else runs: Confluent Cloud, or the Kafka endpoint of Azure Event Hubs (where the user is
    /// <c>$ConnectionString</c> and the password is the connection string). Its address and key are parameters.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddManagedKafka(
        this IDistributedApplicationBuilder builder, string name)
    {
        var servers = builder.AddParameter($"{name}-bootstrap-servers")
            .WithDescription("host:port of the cluster, e.g. NAMESPACE.servicebus.windows.net:9093 or pkc-xxxxx.REGION.azure.confluent.cloud:9092");
        var user = builder.AddParameter($"{name}-username", "$ConnectionString", publishValueAsDefault: true)
            .WithDescription("$ConnectionString for Event Hubs, the API key for Confluent Cloud");
        var password = builder.AddParameter($"{name}-password", secret: true)
            .WithDescription("The namespace's connection string for Event Hubs, the API secret for Confluent Cloud");
        // Event Hubs knows gzip only, idempotent producers from the Standard tier on, and compaction from Premium on.
        var compression = builder.AddParameter($"{name}-compression", "gzip", publishValueAsDefault: true)
            .WithDescription("gzip for Event Hubs, lz4 elsewhere; none on Event Hubs' Basic tier");
        var replication = builder.AddParameter($"{name}-replication-factor", "3", publishValueAsDefault: true);

        builder.Eventing.Subscribe<BeforeStartEvent>((started, _) =>
        {
            foreach (var project in started.Model.Resources.OfType<ProjectResource>())
            {
                builder.CreateResourceBuilder(project)
                    .WithEnvironment("Kafka__Client__security.protocol", "SASL_SSL")
                    .WithEnvironment("Kafka__Client__sasl.mechanism", "PLAIN")
                    .WithEnvironment("Kafka__Client__sasl.username", user)
                    .WithEnvironment("Kafka__Client__sasl.password", password)
                    .WithEnvironment("Kafka__Client__compression.type", compression)
                    .WithEnvironment("Kafka__ReplicationFactor", replication);
            }
            return Task.CompletedTask;
        });
        return builder.AddConnectionString(name, ReferenceExpression.Create($"{servers}"));
    }
}
