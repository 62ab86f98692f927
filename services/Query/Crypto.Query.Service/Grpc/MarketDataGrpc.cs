using Crypto.Query.Grpc;
using Grpc.AspNetCore.Server.Model;
using Grpc.Reflection;

namespace Crypto.Query.Service.Grpc;

/// <summary>Grpc.AspNetCore as the server of the library's method table, with the official health and reflection services.</summary>
internal static class MarketDataGrpc
{
    public static IServiceCollection AddMarketDataGrpc(this IServiceCollection services)
    {
        services.AddGrpc(options => options.Interceptors.Add<FailureInterceptor>());
        services.AddSingleton<IServiceMethodProvider<MarketDataService>, MethodProvider>();
        // Reflection looks for classes that Grpc.Tools generated; the table knows its services by itself.
        services.AddSingleton(provider => new ReflectionServiceImpl(Described(provider)));
        services.AddSingleton(provider => new ReflectionV1ServiceImpl(Described(provider)));
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(options =>
        {
            options.Services.Map("", check => !check.Tags.Contains("live"));
            foreach (var service in Market.V1.MarketDataReflection.Descriptor.Services)
                options.Services.Map(service.FullName, check => !check.Tags.Contains("live"));
        });
        return services;
    }

    public static void MapMarketDataGrpcService(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<MarketDataService>();
        app.MapGrpcReflectionService();
        app.MapGrpcHealthChecksService();
    }

    // The table may carry health and reflection for the portable server; here the official ones are.
    internal static bool IsOurs(GrpcMethod method) => method.Descriptor.Service.File.Package.StartsWith("crypto.", StringComparison.Ordinal);

    private static IEnumerable<Google.Protobuf.Reflection.ServiceDescriptor> Described(IServiceProvider provider) =>
        provider.GetRequiredService<GrpcMethodTable>().Methods.Where(IsOurs).Select(method => method.Descriptor.Service).Distinct();
}
