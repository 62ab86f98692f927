using Crypto.Aggregation;
using Crypto.Contracts;
using Crypto.Ingestion;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Query;
using Crypto.Query.Data;
using Crypto.Query.Grpc.Wire;
using Crypto.Query.Metrics;
using Crypto.Query.Page;
using Crypto.Query.Rest;
using Crypto.Standalone.Commands;
using Crypto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Crypto.Standalone.Hosting;

/// <summary>The services of this process in one web application: the same libraries that the microservices host.</summary>
internal static class ServiceHost
{
    public static async Task<WebApplication> BuildAsync(
        UpOptions options, DataFolder data, Infrastructure infrastructure, Telemetry? telemetry, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            // Options are read once: nobody needs a watch over every folder below.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        ReadableConsole.Configure(builder.Logging);
        telemetry?.AddLogs(builder.Logging);
        builder.Configuration.AddInMemoryCollection(Settings.From(options, infrastructure));
        builder.Configuration.AddEnvironmentVariables("CRYPTO_");
        builder.Configuration.AddInMemoryCollection(options.Settings);
        Listen(builder, options);

        var services = builder.Services;
        services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        if (infrastructure.Postgres is { } postgres)
        {
            services.AddSingleton(postgres);
            services.AddHostedService<PostgresSupervisor>();
            services.AddHealthChecks().AddCheck<PostgresSupervisor.Check>("postgres");
        }
        if (infrastructure.Kafka is { } kafka)
            services.AddHealthChecks().AddCheck("kafka", () => HealthCheckResult.Healthy($"serves {kafka.BootstrapServers}"));
        if (infrastructure.Market is { } market)
        {
            services.AddSingleton(market);
            services.AddHealthChecks().AddCheck("market", () => HealthCheckResult.Healthy($"serves {market.Url}"));
            services.AddHostedService<ReplayProgress>();
        }
        services.AddHealthChecks();
        services.AddPrometheusMetrics();
        // The database makes its tables while the rest is put together.
        var prepared = options.Has(Roles.Services) ? AddServicesAsync(builder, options, data, infrastructure, cancellation) : Task.CompletedTask;

        var app = builder.Build();
        app.MapHealth(infrastructure.Market is { } played ? () => played.Status.State.ToString().ToLowerInvariant() : null);
        app.MapPrometheusMetrics();
        if (options.Has(Roles.Query))
        {
            app.MapQuery();
            app.MapMarketDataGrpc();
            app.MapPage();
        }
        try
        {
            await prepared;
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Registers the services.</summary>
    /// <returns>Ends when the store they need is there.</returns>
    private static Task AddServicesAsync(
        WebApplicationBuilder builder, UpOptions options, DataFolder data, Infrastructure infrastructure, CancellationToken cancellation)
    {
        var connection = infrastructure.PostgresConnection(data);
        var dataSource = NpgsqlDataSource.Create(connection);
        builder.Services.AddSingleton(dataSource);

        builder.Services.AddKafkaClients(builder.Configuration);
        // Stopped in the reverse order: first nothing new comes in, then what came in is stored.
        if (options.Has(Roles.Query)) builder.Services.AddQuery(builder.Configuration);
        // Of a server elsewhere it is not known whether its user may take the role.
        if (options.Has(Roles.Query) && options.Postgres is null) builder.Services.AddQueryReader(connection);
        else if (options.Has(Roles.Query)) builder.Services.AddQueryReaderWherePossible(connection);
        if (options.Has(Roles.Storage)) builder.Services.AddStorage(builder.Configuration);
        if (options.Has(Roles.Aggregation)) builder.Services.AddAggregation(builder.Configuration);
        if (options.Has(Roles.Ingestion)) builder.Services.AddIngestion(builder.Configuration);
        return Task.Run(() => PrepareStoreAsync(dataSource, options, infrastructure, cancellation), cancellation);
    }

    private static async Task PrepareStoreAsync(
        NpgsqlDataSource dataSource, UpOptions options, Infrastructure infrastructure, CancellationToken cancellation)
    {
        try
        {
            await SchemaMigrator.MigrateAsync(dataSource, cancellation);
            var source = infrastructure.Market?.Source ?? (options.Recorded ? null : MarketSource.Live(options.Venue));
            if (source is not null) await new MarketSourceStore(dataSource).EnsureAsync(source, cancellation);
        }
        catch (NpgsqlException e)
        {
            throw new FatalException($"PostgreSQL cannot be used: {e.Message} (is it running, and is --postgres right?)", e);
        }
    }

    private static void Listen(WebApplicationBuilder builder, UpOptions options)
    {
        var grpcPort = options.Has(Roles.Query) ? options.GrpcPort : 0;
        if (options.HttpPort == 0 && grpcPort == 0)
        {
            builder.Services.AddSingleton<IServer, NoServer>();
            return;
        }
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (options.HttpPort > 0) kestrel.ListenLocalhost(options.HttpPort);
            if (grpcPort > 0) kestrel.ListenLocalhost(grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        });
    }
}
