using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Storage.MassTransit;
using Crypto.Testing;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Storage.Tests.Rider;

/// <summary>The rider's consumer on MassTransit's in-memory transport, with a real store and a real broker for dead letters.</summary>
internal sealed class RiderHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly TestPostgres _postgres;
    private readonly TestBroker _broker;

    private RiderHarness(TestPostgres postgres, TestBroker broker, ServiceProvider services) =>
        (_postgres, _broker, _services) = (postgres, broker, services);

    public TestPostgres Postgres => _postgres;

    public TestBroker Broker => _broker;

    public RiderProgress Progress => _services.GetRequiredService<RiderProgress>();

    public StoppedHost Host => (StoppedHost)_services.GetRequiredService<IHostApplicationLifetime>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<RiderHarness> StartAsync(int batchSize = 100, string linger = "00:00:00.200")
    {
        var postgres = await TestPostgres.CreateAsync();
        var broker = await TestBroker.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = broker.BootstrapServers,
            ["Kafka:TradePartitions"] = "4",
            ["Storage:Rider:BatchSize"] = $"{batchSize}",
            ["Storage:Rider:Linger"] = linger,
        }).Build();
        var services = new ServiceCollection()
            .AddSingleton<IHostApplicationLifetime, StoppedHost>()
            .AddSingleton(postgres.DataSource)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddKafkaClients(configuration)
            .AddRiderStorage(configuration)
            .AddSingleton<LocateRecord>(message => message.Message.Origin!)
            .AddMassTransitTestHarness(bus =>
            {
                bus.ConfigureUsageTelemetryOptions(telemetry => telemetry.Enabled = false);
                bus.AddConsumer<TradeRecordConsumer, BatchDefinition>();
                bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
            })
            .BuildServiceProvider(validateScopes: true);
        var harness = new RiderHarness(postgres, broker, services);
        // It starts the bus and every hosted service.
        await harness.Get<ITestHarness>().Start();
        return harness;
    }

    /// <summary>Sends records as the rider would deliver them: with their place in the log.</summary>
    public Task SendAsync(string topic, int partition, IEnumerable<(long Offset, byte[] Value)> records, string? trace = null) =>
        Task.WhenAll(records.Select(record => Get<ITestHarness>().Bus.Publish(new RawRecord
        {
            Value = record.Value,
            TraceParent = trace,
            Origin = new RecordOrigin(topic, partition, record.Offset, Records.Key(), DateTime.UtcNow),
        })));

    public Task SendTradesAsync(IEnumerable<long> ids, int partition = 0, long firstOffset = 0) =>
        SendAsync(Topics.Trades, partition, ids.Select((id, i) => (firstOffset + i, Records.Value(Records.Trade(id)))));

    /// <summary>Waits until something holds of the store.</summary>
    public async Task UntilAsync(string sql, long expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (await _postgres.ScalarAsync<long>(sql) != expected) await Task.Delay(20, patience.Token);
    }

    /// <summary>Waits until something is so.</summary>
    public async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!holds()) await Task.Delay(5, patience.Token);
    }

    public Task UntilStoredAsync(long trades) => UntilAsync("select count(*) from market.trades", trades);

    /// <summary>Reads the letters of a topic until there are so many.</summary>
    public List<ConsumeResult<byte[], byte[]>> DeadLetters(string topic, int count)
    {
        var config = new ConsumerConfig { BootstrapServers = _broker.BootstrapServers, GroupId = "letters", AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(new TopicPartitionOffset(Topics.DeadLetters(topic), 0, Offset.Beginning));
        var letters = new List<ConsumeResult<byte[], byte[]>>();
        while (letters.Count < count) letters.Add(consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"{letters.Count} letters"));
        return letters;
    }

    public async ValueTask DisposeAsync()
    {
        // A batch that must not be confirmed is never done, so a bus that holds one does not stop in order.
        if (!Host.ApplicationStopping.IsCancellationRequested)
        {
            await Get<ITestHarness>().Stop();
            await _services.DisposeAsync();
        }
        await _broker.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>A host that only remembers that it was asked to stop.</summary>
    public sealed class StoppedHost : IHostApplicationLifetime
    {
        private readonly CancellationTokenSource _stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _stopping.Cancel();
    }
}
