using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Query.Data;
using Crypto.Query.Grpc.Wire;
using Crypto.Query.Live;
using Crypto.Query.Rest;
using Crypto.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crypto.Query.Tests.Support;

/// <summary>The query role on a real Kestrel: HTTP/1.1 on one port, gRPC on another.</summary>
internal sealed class QueryServer : IAsyncDisposable
{
    // Nobody listens there, so that the role has to do without Kafka.
    private const string NoBroker = "127.0.0.1:1";
    private readonly WebApplication _app;

    private QueryServer(WebApplication app)
    {
        _app = app;
        var urls = app.Urls.ToArray();
        Http = new HttpClient { BaseAddress = new Uri(urls[0]) };
        GrpcUrl = new Uri(urls[1]);
    }

    public HttpClient Http { get; }

    public Uri GrpcUrl { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it and waits until it has read the latest prices: on a busy machine it may refuse them for a moment.</summary>
    public static async Task<QueryServer> StartAsync(
        TestPostgres database, string? brokers = null, params (string Name, string Value)[] settings)
    {
        var server = await StartEmptyAsync(database, brokers, settings);
        var refresh = server.Services.GetRequiredService<LatestPriceRefresh>();
        await Eventually.IsTrueAsync(async () =>
        {
            try
            {
                await refresh.LoadedAsync(CancellationToken.None);
                return true;
            }
            catch (RetriableException)
            {
                return false;
            }
        }, "the latest prices are read");
        return server;
    }

    /// <summary>As <see cref="StartAsync"/>, whether the database has prices or not.</summary>
    public static async Task<QueryServer> StartEmptyAsync(
        TestPostgres database, string? brokers = null, params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(
            settings.Select(s => KeyValuePair.Create<string, string?>(s.Name, s.Value)))
        {
            ["Kafka:BootstrapServers"] = brokers ?? NoBroker,
        });
        builder.Services.AddSingleton(database.DataSource);
        builder.Services.AddKafkaOptions(builder.Configuration);
        builder.Services.AddQuery(builder.Configuration);
        // As the standalone host does it: so every test shows that reading is all that is needed.
        builder.Services.AddQueryReader(database.ConnectionString);
        var app = builder.Build();
        app.MapQuery();
        app.MapHealth();
        app.MapMarketDataGrpc();
        await app.StartAsync();
        return new QueryServer(app);
    }

    /// <summary>What <c>/health</c> says as soon as it is 200.</summary>
    public async Task<JsonElement> HealthyAsync()
    {
        JsonElement? health = null;
        await Eventually.IsTrueAsync(async () =>
        {
            using var response = await Http.GetAsync("/health");
            if (response.IsSuccessStatusCode) health = await response.Content.ReadFromJsonAsync<JsonElement>();
            return health is not null;
        }, "health is green");
        return health!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
