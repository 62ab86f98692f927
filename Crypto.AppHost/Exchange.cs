using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Projects;

namespace Crypto.AppHost;

internal static class Exchange
{
    // Where ingestion asks: the public mirror serves countries too that this address refuses, and would call itself well there.
    private static readonly Uri Binance = new("https://api.binance.com/");

    /// <summary>The exchange that is captured; null where nothing of it shows (a deployment talks to Binance, plainly).</summary>
    public static IResourceBuilder<IResource>? AddExchange(this IDistributedApplicationBuilder builder, Plan plan) => plan.Market switch
    {
        Market.Recorded => builder.AddRecordedExchange(plan),
        _ when builder.ExecutionContext.IsPublishMode => null,
        _ => builder.AddBinance(),
    };

    /// <summary>Tells a service which exchange it talks to, and for a recorded one to wait until it answers.</summary>
    public static IResourceBuilder<ProjectResource> WithExchange(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<IResource>? exchange, Plan plan)
    {
        service.WithEnvironment("Ingestion__Symbols", plan.Symbols);
        if (exchange is null) return service;
        if (exchange is IResourceBuilder<ProjectResource> recorded)
        {
            var url = recorded.GetEndpoint("http");
            service.WithEnvironment("Ingestion__MarketUrl", url).WithEnvironment("Aggregation__MarketUrl", url).WaitFor(recorded);
        }
        return service.WithReferenceRelationship(exchange);
    }

    private static IResourceBuilder<ProjectResource> AddRecordedExchange(this IDistributedApplicationBuilder builder, Plan plan)
    {
        var exchange = builder.AddProject<Crypto_Standalone>("exchange", launchProfileName: null)
            .WithHttpEndpoint(name: "http")
            .WithHttpHealthCheck("/replay/status")
            .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/replay/status", "Recording"));
        exchange.WithArgs("up", "--roles", "market", "--http", "0", "--data", plan.DataFolder,
            "--market-port", exchange.GetEndpoint("http").Property(EndpointProperty.TargetPort));
        if (plan.Symbols.Length > 0) exchange.WithArgs("--symbols", plan.Symbols);
        return exchange.WithArgs([.. plan.Recording]);
    }

    private static IResourceBuilder<ExternalServiceResource> AddBinance(this IDistributedApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(nameof(BinanceProbe), client => client.BaseAddress = Binance);
        builder.Services.AddSingleton<BinanceProbe>();
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "binance-answers", services => services.GetRequiredService<BinanceProbe>(), HealthStatus.Unhealthy, tags: null));
        return builder.AddExternalService("binance", Binance).WithHealthCheck("binance-answers");
    }
}
