using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        RefuseUnknown(endpoints, endpoint);
        return endpoints;
    }

    // Not a route of its own: a catch-all would make 404 of every other endpoint's 405.
    private static void RefuseUnknown(IEndpointRouteBuilder endpoints, WireEndpoint endpoint)
    {
        if (endpoints is not IApplicationBuilder app)
            throw new ArgumentException("gRPC is mapped on the application itself, not on a group", nameof(endpoints));
        app.Use(next => http => WireEndpoint.IsGrpc(http.Request.ContentType) && http.GetEndpoint()?.Metadata.GetMetadata<MethodDescriptor>() is null
            ? endpoint.RefuseUnknownAsync(http)
            : next(http));
    }
}
