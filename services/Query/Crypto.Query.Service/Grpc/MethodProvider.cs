using Crypto.Query.Grpc;
using Grpc.AspNetCore.Server.Model;

namespace Crypto.Query.Service.Grpc;

/// <summary>Names the service for Grpc.AspNetCore; the handlers are in the table.</summary>
internal sealed class MarketDataService;

/// <summary>Gives Grpc.AspNetCore the methods of the table when it maps <see cref="MarketDataService"/>.</summary>
internal sealed class MethodProvider(GrpcMethodTable table) : IServiceMethodProvider<MarketDataService>
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<MarketDataService> context)
    {
        var binder = new AspNetCoreBinder(context);
        foreach (var method in table.Methods)
            if (MarketDataGrpc.IsOurs(method)) method.Bind(binder);
    }
}
