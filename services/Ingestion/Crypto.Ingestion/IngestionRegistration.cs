using System.Net;
using Crypto.Ingestion.Feeds;
using Crypto.Ingestion.Health;
using Crypto.Ingestion.Ledger;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Crypto.Ingestion;

public static class IngestionRegistration
{
    /// <summary>
    /// The ingestion role. The host provides <c>NpgsqlDataSource</c>, Kafka (<c>AddKafkaClients</c>, or <c>AddKafkaOptions</c> and
    /// a producer) and logging.
    /// </summary>
    public static IServiceCollection AddIngestion(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IngestionOptions>().Bind(configuration.GetSection(IngestionOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IngestionOptions>, IngestionOptionsValidator>());
        services.AddOptions<FeedOptions>().Bind(configuration.GetSection(FeedOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FeedOptions>, FeedOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient(IngestionService.HttpClientName, client =>
            {
                client.Timeout = TimeSpan.FromSeconds(10);
                // All tickers of a venue are two or three megabytes, the longest answer that anybody asks for.
                client.MaxResponseContentBufferSize = 32 << 20;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AutomaticDecompression = DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                ConnectTimeout = TimeSpan.FromSeconds(5),
            })
            .RemoveAllLoggers();
        services.TryAddSingleton<InstrumentStore>();
        services.TryAddSingleton<TradePublisher>();
        services.TryAddSingleton<LedgerReader>();
        services.TryAddSingleton<StorageProgress>();
        services.TryAddSingleton<IngestionService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<IngestionService>());
        services.TryAddSingleton<FeedService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<FeedService>());
        services.AddHealthChecks().AddCheck<IngestionHealthCheck>("ingestion");
        return services;
    }
}
