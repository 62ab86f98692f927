using Crypto.Postgres;
using Crypto.Storage.Feeds;
using Crypto.Storage.Raw;
using Crypto.Storage.Trades;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Crypto.Storage;

public static class StorageRegistration
{
    /// <summary>
    /// The storage role. The host provides <c>NpgsqlDataSource</c>, Kafka (<c>AddKafkaClients</c>, or <c>AddKafkaOptions</c> and
    /// a producer), <see cref="TimeProvider"/> and logging.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<InstrumentStore>();
        services.TryAddSingleton<StorageMetrics>();
        services.TryAddSingleton<TradeBatchHandler>();
        services.TryAddSingleton<StorageService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<StorageService>());
        services.AddSingleton<IStorageConsumer>(provider => provider.GetRequiredService<StorageService>());
        return services.AddStorageCompanions(configuration);
    }

    /// <summary>
    /// What storage does beside the trades, whoever stores those: the slow feeds, retention, the raw archive. They wait for
    /// the <see cref="SchemaGate"/>. One health check, of the name given, is over all of storage's consumers here.
    /// </summary>
    public static IServiceCollection AddStorageCompanions(
        this IServiceCollection services, IConfiguration configuration, string healthCheck = "storage")
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SchemaGate>();
        services.TryAddSingleton<FeedBatchHandler>();
        services.TryAddSingleton<FeedStorageService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<FeedStorageService>());
        services.AddHostedService<TradeRetention>();
        services.TryAddSingleton<RawArchiveService>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RawArchiveService>());
        services.AddSingleton<IStorageConsumer>(provider => provider.GetRequiredService<FeedStorageService>());
        services.AddSingleton<IStorageConsumer>(provider => provider.GetRequiredService<RawArchiveService>());
        services.AddHealthChecks().AddCheck<StorageHealthCheck>(healthCheck);
        return services;
    }
}
