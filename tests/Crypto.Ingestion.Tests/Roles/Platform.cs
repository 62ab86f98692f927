using System.Diagnostics;
using Crypto.Ingestion.Health;
using Crypto.Kafka;
using Crypto.MarketReplay;
using Crypto.MarketReplay.Clocks;
using Crypto.Storage;
using Crypto.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Roles;

/// <summary>A database, a broker and an exchange, all real, with ingestion and storage started on demand.</summary>
internal sealed class Platform : IAsyncDisposable
{
    /// <summary>
    /// REST's answer counts only where the stream has long been silent: a busy machine, too, has each gap found by the frame after it.
    /// </summary>
    public static readonly (string Name, string Value) Patient = ("Ingestion:QuietFor", "00:00:30");

    private readonly List<IHost> _hosts = [];

    private Platform(TestPostgres database, TestBroker broker)
    {
        Database = database;
        Broker = broker;
    }

    public TestPostgres Database { get; }

    public TestBroker Broker { get; }

    public MarketReplayServer? Market { get; private set; }

    public static async Task<Platform> StartAsync() =>
        new(await TestPostgres.CreateAsync(), await TestBroker.StartAsync());

    /// <summary>Opens the exchange.</summary>
    public async Task<MarketReplayServer> OpenMarketAsync(MarketReplayOptions options, ILoggerFactory? loggers = null)
    {
        await CloseMarketAsync();
        return Market = await MarketReplayServer.StartAsync(options, loggers ?? NullLoggerFactory.Instance, CancellationToken.None);
    }

    /// <summary>Waits until the exchange has sent so many frames more, or all of its recording.</summary>
    public async Task MarketGoesOnAsync(int frames)
    {
        var from = Market!.Status.FramesSent;
        await Eventually.IsTrueAsync(() => Market.Status.FramesSent > from + frames || Market.Status.State == ReplayState.Ended);
    }

    /// <summary>The exchange goes away, with its connections.</summary>
    public async Task CloseMarketAsync()
    {
        if (Market is { } open) await open.DisposeAsync();
        Market = null;
    }

    /// <summary>The broker dies, its folder is deleted, and it comes back at the same address.</summary>
    public async Task LoseTheLogAsync()
    {
        await Broker.StopAsync();
        Directory.Delete(Broker.Folder, recursive: true);
        Directory.CreateDirectory(Broker.Folder);
        await Broker.StartAgainAsync();
    }

    /// <summary>A host with storage, ingestion, or both.</summary>
    public async Task<IHost> StartRolesAsync(bool ingestion = true, bool storage = true, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = Broker.BootstrapServers,
            ["Kafka:TradePartitions"] = "3",
            ["Ingestion:MarketUrl"] = Market?.Url,
            ["Ingestion:AuditEvery"] = "00:00:00.5",
            ["Ingestion:SilenceAfter"] = "00:00:01",
            ["Feeds:Enabled"] = "false",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)));
        builder.Services.AddSingleton(Database.DataSource);
        builder.Services.AddKafkaClients(builder.Configuration);
        if (FileLogs.Path is not null) builder.Logging.AddProvider(new FileLogs());
        if (storage) builder.Services.AddStorage(builder.Configuration);
        if (ingestion) builder.Services.AddIngestion(builder.Configuration);
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    public async Task StopAsync(IHost host)
    {
        _hosts.Remove(host);
        await host.StopAsync();
        host.Dispose();
    }

    public static IngestionReport ReportOf(IHost host) => host.Services.GetRequiredService<IngestionService>().Report();

    /// <summary>Waits until the query answers with the value.</summary>
    public async Task UntilAsync<T>(string sql, T expected, TimeSpan? within = null)
    {
        var deadline = DateTime.UtcNow + (within ?? TimeSpan.FromSeconds(120));
        T? last = default;
        while (DateTime.UtcNow < deadline)
        {
            var asked = Stopwatch.GetTimestamp();
            last = await Database.ScalarAsync<T>(sql);
            if (Equals(last, expected)) return;
            await Eventually.PauseAsync(TimeSpan.FromMilliseconds(20), asked);
        }
        Assert.Fail($"{sql}: expected {expected}, last {last}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.ToArray()) await StopAsync(host);
        await CloseMarketAsync();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }
}
