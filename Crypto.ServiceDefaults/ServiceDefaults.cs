using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Crypto.ServiceDefaults;

/// <summary>What every service has, whatever it does.</summary>
public static class ServiceDefaults
{
    /// <summary>Tag of the checks that say only that the process lives.</summary>
    internal const string LiveTag = "live";

    /// <summary>Logs, metrics and traces over OTLP where that is configured, health checks, service discovery, resilience.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="retries">
    /// False for a service whose HTTP client keeps an exchange's limits itself: retries behind its back would count twice
    /// against them, and a retried 429 ends in a ban.
    /// </param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, bool retries = true)
    {
        builder.AddTelemetry();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            if (retries) http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        // A failed role ends its process; the orchestrator starts it anew.
        builder.Services.Configure<HostOptions>(options =>
        {
            options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
            options.ShutdownTimeout = TimeSpan.FromSeconds(10);
        });
        return builder;
    }

    /// <summary><c>/health</c> (every check, with its reason), <c>/alive</c> (the process only) and <c>/admin</c>.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.MapServiceHealth();
        app.MapAdmin();
        return app;
    }
}
