using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Access;

internal static class AccessServices
{
    /// <summary>Puts the checks in front of everything that the host serves, without a line in the host.</summary>
    public static void AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>());
        services.AddSingleton<KeyRing>();
        services.AddSingleton<RequestRates>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<AccessOptions>>((cors, access) => cors.AddDefaultPolicy(policy =>
        {
            policy.WithMethods("GET", "HEAD").WithHeaders("Authorization", "X-Api-Key", "Last-Event-ID", "If-None-Match", "Accept")
                .WithExposedHeaders("ETag", "Link", "Retry-After");
            if (access.Value.Origins.Contains("*")) policy.AllowAnyOrigin();
            else policy.WithOrigins([.. access.Value.Origins]);
        }));
        services.AddSingleton<IStartupFilter, Filter>();
    }

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            // Before the key is asked for: a browser sends none with its preflight, and reads refusals only with these headers.
            app.UseCors();
            app.UseMiddleware<AccessMiddleware>();
            next(app);
        };
    }
}
