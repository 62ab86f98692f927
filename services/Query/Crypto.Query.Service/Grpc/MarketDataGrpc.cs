using Crypto.Query.Grpc;
using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server.Model;
using Grpc.Health.V1;
using Grpc.Reflection;
using Newer = Grpc.Reflection.V1.ServerReflection;
using Older = Grpc.Reflection.V1Alpha.ServerReflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

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
        services.AddGrpcHealthChecks();
        services.AddOptions<GrpcHealthChecksOptions>().Configure<GrpcMethodTable>((options, table) =>
        {
            foreach (var service in OursOf(table).Select(service => service.FullName).Append(""))
                options.Services.Map(service, check => !check.Tags.Contains("live"));
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

    private static IEnumerable<ServiceDescriptor> OursOf(GrpcMethodTable table) =>
        table.Methods.Where(IsOurs).Select(method => method.Descriptor.Service).Distinct();

    private static IEnumerable<ServiceDescriptor> Described(IServiceProvider provider) =>
    [
        .. OursOf(provider.GetRequiredService<GrpcMethodTable>()),
        Health.Descriptor, Newer.Descriptor, Older.Descriptor,
    ];
}
