using System.Net;
using System.Runtime.CompilerServices;
using Crypto.Query.Grpc;
using Crypto.Query.Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crypto.Query.Tests.Wire;

/// <summary>The portable gRPC server on a real Kestrel, with a service that behaves as its requests say.</summary>
public sealed class EchoServer : IAsyncLifetime
{
    private WebApplication? _app;

    public Uri Url { get; private set; } = null!;

    /// <summary>The HTTP/1.1 port of the same server.</summary>
    public Uri Http1Url { get; private set; } = null!;

    /// <summary>Completes for each call of <c>hang</c> that was cancelled.</summary>
    public SemaphoreSlim Cancelled { get; } = new(0);

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<WireOptions>(options => options.MaxReceiveMessageBytes = 64 * 1024);
        builder.Services.AddSingleton(new GrpcMetrics(QueryTelemetry.Meter));
        builder.Services.AddSingleton(Table());
        _app = builder.Build();
        _app.MapMarketDataGrpc();
        await _app.StartAsync();
        var urls = _app.Urls.ToArray();
        Url = new Uri(urls[0]);
        Http1Url = new Uri(urls[1]);
    }

    /// <summary>Stops the server as SIGTERM does.</summary>
    public Task StopAsync() => _app!.StopAsync();

    public async Task DisposeAsync() => await _app!.DisposeAsync();

    private GrpcMethodTable Table()
    {
        var service = EchoReflection.Descriptor.Services[0];
        return new GrpcMethodTable()
            .Unary<EchoMessage, EchoMessage>(service, "Once", OnceAsync)
            .ServerStreaming<EchoMessage, EchoMessage>(service, "Many", ManyAsync)
            .Duplex<EchoMessage, EchoMessage>(service, "Each", EachAsync);
    }

    private async Task<EchoMessage> OnceAsync(EchoMessage request, GrpcCall call, CancellationToken cancellation)
    {
        await EndAsync(request, cancellation);
        return request;
    }

    private async IAsyncEnumerable<EchoMessage> ManyAsync(
        EchoMessage request, GrpcCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < request.Repeat; i++) yield return new EchoMessage { Text = request.Text, Repeat = i };
        await EndAsync(request, cancellation);
    }

    private async IAsyncEnumerable<EchoMessage> EachAsync(
        IAsyncEnumerable<EchoMessage> requests, GrpcCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var request in requests.WithCancellation(cancellation))
        {
            yield return request;
            await EndAsync(request, cancellation);
        }
    }

    private async Task EndAsync(EchoMessage request, CancellationToken cancellation)
    {
        if (request.Text == "throw") throw new InvalidOperationException("a secret of the server");
        if (request.FailWith != 0)
            throw new GrpcStatusException((GrpcStatus)request.FailWith, "asked for: 50 % ü\n", new Rpc.ResourceInfo { ResourceName = request.Text });
        if (!request.Hang) return;
        var ended = new TaskCompletionSource();
        await using var registration = cancellation.Register(() => ended.TrySetCanceled(cancellation));
        try
        {
            await ended.Task;
        }
        finally
        {
            Cancelled.Release();
        }
    }
}
