using Crypto.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Crypto.ServiceDefaults;

/// <summary>The broker and the store, by the connection strings that the AppHost gives: <c>kafka</c> and <c>marketdata</c>.</summary>
public static class MarketClients
{
    /// <summary>Name of the broker's connection string.</summary>
    public const string Broker = "kafka";
    private const string Store = "marketdata";

    /// <summary>The settings of the clients, the broker's address among them; for a host that brings a producer of its own.</summary>
    public static WebApplicationBuilder AddMarketKafkaOptions(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString(Broker) is { Length: > 0 } servers)
            builder.Configuration[$"{KafkaOptions.Section}:{nameof(KafkaOptions.BootstrapServers)}"] ??= servers;
        builder.Services.AddKafkaOptions(builder.Configuration);
        return builder;
    }

    /// <summary>The platform's own clients, as the standalone host has them.</summary>
    public static WebApplicationBuilder AddMarketKafka(this WebApplicationBuilder builder)
    {
        builder.AddMarketKafkaOptions().Services.AddKafkaClients(builder.Configuration);
        return builder;
    }

    /// <summary>Aspire.Npgsql's data source, traced and measured. The roles' own checks say what a failure means.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="configure">What this service wants of its connections.</param>
    public static WebApplicationBuilder AddMarketStore(this WebApplicationBuilder builder, Action<NpgsqlDataSourceBuilder>? configure = null)
    {
        builder.AddNpgsqlDataSource(Store, settings => settings.DisableHealthChecks = true, configure);
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
