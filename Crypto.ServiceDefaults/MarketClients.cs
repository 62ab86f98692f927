using Crypto.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crypto.ServiceDefaults;

/// <summary>The broker and the store, by the connection strings that the AppHost gives: <c>kafka</c> and <c>marketdata</c>.</summary>
public static class MarketClients
{
    private const string Broker = "kafka";
    private const string Store = "marketdata";

    /// <summary>The producer of Aspire.Confluent.Kafka, with the settings that the platform's promises need.</summary>
    public static WebApplicationBuilder AddMarketKafka(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString(Broker) is { Length: > 0 } servers)
            builder.Configuration[$"{KafkaOptions.Section}:{nameof(KafkaOptions.BootstrapServers)}"] ??= servers;
        builder.Services.AddKafkaOptions(builder.Configuration);
        var options = builder.Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        builder.AddKafkaProducer<byte[], byte[]>(Broker, settings =>
        {
            foreach (var (name, value) in KafkaClients.ProducerConfig(options)) settings.Config.Set(name, value);
            // Its spans would be one per record and its health check writes records; ours do neither.
            settings.DisableTracing = true;
            settings.DisableHealthChecks = true;
        });
        return builder;
    }

    /// <summary>Aspire.Npgsql's data source, traced and measured. The roles' own checks say what a failure means.</summary>
    public static WebApplicationBuilder AddMarketStore(this WebApplicationBuilder builder)
    {
        builder.AddNpgsqlDataSource(Store, settings => settings.DisableHealthChecks = true);
        return builder;
    }

    /// <summary>
    /// A name for a static group member: unique per replica, and the same after a restart of the process. Aspire numbers
    /// its replicas, container platforms name their hosts.
    /// </summary>
    public static string MemberName(this IConfiguration configuration, string group)
    {
        var attributes = (configuration["OTEL_RESOURCE_ATTRIBUTES"] ?? "").Split(',');
        var instance = attributes.FirstOrDefault(a => a.StartsWith("service.instance.id=", StringComparison.Ordinal));
        return $"{group}-{(instance is null ? Environment.MachineName : instance[(instance.IndexOf('=') + 1)..])}";
    }
}
