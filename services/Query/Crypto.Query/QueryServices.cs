using Crypto.Query.Access;
using Crypto.Query.Data;
using Crypto.Query.Grpc;
using Crypto.Query.Grpc.Wire;
using Crypto.Query.Live;
using Crypto.Query.Metrics;
using Crypto.Query.Rest;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Crypto.Query;

public static class QueryServices
{
    /// <summary>
    /// The query role: REST (<c>MapQuery</c>), gRPC (<c>MapMarketDataGrpc</c>, or the <see cref="GrpcMethodTable"/> in another
    /// server) and the health check <c>query</c>. Needs <c>NpgsqlDataSource</c> (or <c>AddQueryReader</c>) and <c>IOptions&lt;KafkaOptions&gt;</c>.
    /// </summary>
    public static IServiceCollection AddQuery(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(QueryOptions.Section);
        services.AddOptions<QueryOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WireOptions>().Bind(section.GetSection("Grpc")).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddAccess(configuration);
        services.AddPrometheusMetrics();
        services.AddReading<MarketCatalog>();
        services.AddReading<CandleQueries>();
        services.AddReading<TradeQueries>();
        services.AddReading<CoverageQueries>();
        AddLive(services);
        services.AddSingleton<PriceEndpoints>();
        services.AddSingleton<CandleEndpoints>();
        services.AddSingleton<CoverageEndpoints>();
        services.AddReading<ContextQueries>();
        services.AddReading<AnalyticsQueries>();
        services.AddSingleton<ContextEndpoints>();
        services.AddSingleton<AnalyticsEndpoints>();
        services.AddReading<RevisionQueries>();
        services.AddSingleton<RevisionEndpoints>();
        services.AddSingleton<StreamEndpoints>();
        services.AddSingleton<LatestPriceMessage>();
        services.AddSingleton<MarketDataHandlers>();
        services.AddSingleton<TradeHandlers>();
        services.AddSingleton<ContextHandlers>();
        services.AddSingleton<HealthHandlers>();
        services.AddSingleton(_ => new GrpcMetrics(QueryTelemetry.Meter));
        services.AddSingleton(provider =>
        {
            var table = new GrpcMethodTable();
            provider.GetRequiredService<MarketDataHandlers>().AddTo(table);
            provider.GetRequiredService<TradeHandlers>().AddTo(table);
            provider.GetRequiredService<ContextHandlers>().AddTo(table);
            provider.GetRequiredService<HealthHandlers>().AddTo(table);
            ReflectionHandlers.AddTo(table);
            return table;
        });
        services.AddReading<QueryHealth>();
        services.AddHealthChecks().AddCheck<QueryHealth>("query");
        // A client that is gone without a word would keep its stream otherwise.
        services.Configure<KestrelServerOptions>(kestrel =>
            (kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20)));
        return services;
    }

    private static void AddLive(IServiceCollection services)
    {
        services.AddSingleton<CandleBook>();
        services.AddSingleton<CandlePages>();
        services.AddSingleton<TradeBook>();
        services.AddSingleton<MarketTime>();
        services.AddSingleton<LatestPriceRefresh>();
        services.AddSingleton<IHostedService>(p => p.GetRequiredService<LatestPriceRefresh>());
        AddTail<CandleBook>(services);
        AddTail<TradeBook>(services);
    }

    private static void AddTail<TSink>(IServiceCollection services)
        where TSink : class, ITailSink
    {
        services.AddKeyedSingleton(typeof(TSink), (p, _) =>
            ActivatorUtilities.CreateInstance<TopicTail>(p, p.GetRequiredService<TSink>()));
        services.AddSingleton(p => p.GetRequiredKeyedService<TopicTail>(typeof(TSink)));
        services.AddSingleton<IHostedService>(p => p.GetRequiredKeyedService<TopicTail>(typeof(TSink)));
    }
}
