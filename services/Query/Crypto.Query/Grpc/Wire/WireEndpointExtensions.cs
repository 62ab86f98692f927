using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Grpc.Wire;

public static class WireEndpointExtensions
{
    /// <summary>
    /// Serves the <see cref="GrpcMethodTable"/> of the services over HTTP/2, for hosts without Grpc.AspNetCore. The port
    /// must speak HTTP/2: <c>listen.Protocols = HttpProtocols.Http2</c> where there is no TLS.
    /// </summary>
    public static IEndpointRouteBuilder MapMarketDataGrpc(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var endpoint = new WireEndpoint(
            services.GetRequiredService<IOptions<WireOptions>>().Value,
            services.GetRequiredService<GrpcMetrics>(),
            services.GetRequiredService<IHostApplicationLifetime>(),
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Crypto.Query.Grpc"));
        services.GetRequiredService<GrpcMethodTable>().Bind(new WireBinder(endpoints, endpoint));
        // For every HTTP method, so that an unknown page is 404 and not 405.
        endpoints.Map("/{service}/{method}", endpoint.RefuseUnknownAsync)
            .WithDisplayName("gRPC unknown method").WithMetadata(new ExcludeFromDescriptionAttribute());
        return endpoints;
    }
}
