using Crypto.Aggregation.Analytics;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Publishing;
using Crypto.Aggregation.Recomputing;
using Crypto.Aggregation.Reconciling;
using Crypto.Aggregation.Running;
using Crypto.Aggregation.Store;
using Crypto.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Aggregation;

/// <summary>Registers the role <c>aggregation</c>.</summary>
public static class AggregationServiceCollectionExtensions
{
    /// <summary>
    /// Trades to candles. The host brings <see cref="NpgsqlDataSource"/>, the Kafka options, topics, dead letters and
    /// producer, <see cref="TimeProvider"/> and logging.
    /// </summary>
    public static IServiceCollection AddAggregation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AggregationOptions>().Bind(configuration.GetSection(AggregationOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AggregationOptions>, AggregationOptionsValidator>());
        services.TryAddSingleton<InstrumentStore>();
        services.TryAddSingleton<MarketSourceStore>();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<AggregationOptions>>().Value);
        services.AddSingleton<AddedIntervals>();
        services.AddSingleton<StateLoader>();
        services.AddSingleton<AggregationOffsets>();
        services.AddSingleton<AggregationMetrics>();
        services.AddSingleton<MarketTime>();
        services.AddSingleton<OwnedInstruments>();
        services.AddSingleton<CandleUpdater>();
        services.AddSingleton<CandleCommit>();
        services.AddSingleton<BatchFold>();
        services.AddSingleton<GapFlats>();
        services.AddSingleton<RecomputationStore>();
        services.AddSingleton<Recomputer>();
        services.AddSingleton<ITradeLog, TradeLog>();
        services.AddSingleton<LostTrades>();
        services.AddSingleton<PublishedMarks>();
        services.AddSingleton<IdleWork>();
        services.AddSingleton<AggregationHandler>();
        services.AddSingleton<CandlePublisher>();
        services.AddHostedService(p => p.GetRequiredService<CandlePublisher>());
        services.AddSingleton<AggregationService>();
        services.AddHostedService(p => p.GetRequiredService<AggregationService>());
        services.AddSingleton<ChangedCandles>();
        services.AddSingleton<AnalyticsStore>();
        services.AddSingleton<AlertStore>();
        services.AddSingleton<AlertPublisher>();
        services.AddSingleton<SignalStore>();
        services.AddSingleton<SignalPublisher>();
        services.AddSingleton<FeedSignals>();
        services.AddSingleton<AlertWebhooks>();
        services.AddHostedService(p => p.GetRequiredService<AlertWebhooks>());
        services.AddSingleton<AnalyticsService>();
        services.AddHostedService(p => p.GetRequiredService<AnalyticsService>());
        services.AddSingleton<ReconciliationStore>();
        services.AddSingleton<ReconcileService>();
        services.AddHostedService(p => p.GetRequiredService<ReconcileService>());
        services.AddHealthChecks().AddCheck<AggregationHealthCheck>("aggregation");
        return services;
    }
}
