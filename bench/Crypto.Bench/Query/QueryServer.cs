using System.Net;
using Crypto.EmbeddedKafka;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Postgres.Local;
using Crypto.Query;
using Crypto.Query.Grpc.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Bench.Query;

/// <summary>The other side of <see cref="QueryServerProcess"/>: serves until its input ends.</summary>
internal static class QueryServer
{
    public const string Argument = "serve";

    public static async Task ServeAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("crypto-bench-query-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        try
        {
            await using var postgres = await LocalPostgres.StartAsync(
                new LocalPostgresOptions { Folder = Path.Combine(folder, "postgres") }, NullLogger.Instance, cancellation);
            await using var broker = await EmbeddedKafkaBroker.StartAsync(
                new EmbeddedKafkaOptions { Port = 0, DataFolder = Path.Combine(folder, "kafka") }, NullLoggerFactory.Instance, cancellation);
            await using var dataSource = NpgsqlDataSource.Create(postgres.ConnectionString);
            await SchemaMigrator.MigrateAsync(dataSource, cancellation);
            await QuerySeed.FillAsync(dataSource, cancellation);
            var kafka = new KafkaOptions { BootstrapServers = broker.BootstrapServers };
            using (var topics = new KafkaTopics(Options.Create(kafka), NullLogger<KafkaTopics>.Instance)) await topics.EnsureAsync(cancellation);
            await using var query = BuildQuery(dataSource, broker.BootstrapServers);
            await using var empty = BuildEmpty();
            await query.StartAsync(cancellation);
            await empty.StartAsync(cancellation);
            Console.WriteLine($"ready {query.Urls.First()} {query.Urls.Last()} {empty.Urls.First()}");
            await QuerySeed.PublishOnDemandAsync(kafka, cancellation);
            await query.StopAsync(cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static WebApplication BuildQuery(NpgsqlDataSource dataSource, string brokers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Listen(builder, HttpProtocols.Http2, HttpProtocols.Http1);
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", brokers)]);
        builder.Services.AddSingleton(dataSource);
        builder.Services.AddKafkaOptions(builder.Configuration);
        builder.Services.AddQuery(builder.Configuration);
        var app = builder.Build();
        app.MapQuery();
        app.MapMarketDataGrpc();
        return app;
    }

    private static WebApplication BuildEmpty()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Listen(builder, HttpProtocols.Http2);
        var app = builder.Build();
        app.MapGet("/", (HttpContext _) => Task.CompletedTask);
        return app;
    }

    private static void Listen(WebApplicationBuilder builder, params HttpProtocols[] protocols) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        foreach (var protocol in protocols) kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol);
    });
}
