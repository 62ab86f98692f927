using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Storage.Tests;

/// <summary>The role as a host runs it, on a real broker and a real database.</summary>
internal sealed class RunningStorage : IAsyncDisposable
{
    /// <summary>After this long without a heartbeat the broker throws a member out.</summary>
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(6);

    private readonly IHost _host;
    private readonly AssignmentCount _assignments;

    private RunningStorage(IHost host, AssignmentCount assignments) => (_host, _assignments) = (host, assignments);

    /// <summary>How often the consumer of the trades was given partitions.</summary>
    public int Assignments => _assignments.Count;

    public IProducer<byte[], byte[]> Producer => _host.Services.GetRequiredService<IProducer<byte[], byte[]>>();

    public StorageService Service => _host.Services.GetRequiredService<StorageService>();

    public static async Task<RunningStorage> StartAsync(
        string bootstrapServers, NpgsqlDataSource dataSource, string member = "one", params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = bootstrapServers,
            ["Kafka:TradePartitions"] = "4",
            ["Storage:MemberId"] = member,
            ["Storage:SessionTimeout"] = SessionTimeout.ToString("c"),
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value));
        var assignments = new AssignmentCount();
        builder.Logging.SetMinimumLevel(LogLevel.None).AddProvider(assignments)
            .AddFilter<AssignmentCount>(typeof(StorageService).FullName, LogLevel.Information);
        builder.Services.AddSingleton(dataSource);
        builder.Services.AddKafkaClients(builder.Configuration);
        builder.Services.AddStorage(builder.Configuration);
        var running = new RunningStorage(builder.Build(), assignments);
        await running._host.StartAsync();
        return running;
    }

    public async Task<HealthReportEntry> HealthAsync() =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["storage"];

    /// <summary>Waits until every consumer works: each joins its group by itself, and the feeds' may be the last.</summary>
    public Task HealthyAsync() => UntilAsync(async () => (await HealthAsync()).Status == HealthStatus.Healthy, "every consumer works");

    public async Task ProduceAsync(IEnumerable<Trade> trades)
    {
        await _host.Services.GetRequiredService<KafkaTopics>().EnsureAsync(default);
        await Task.WhenAll(trades.Select(trade => Producer.ProduceAsync(Topics.Trades, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(trade.Instrument.Key),
            Value = Records.Value(trade),
        })));
    }

    public Task ProduceAsync(string topic, byte[] value) => Producer.ProduceAsync(
        topic, new Message<byte[], byte[]> { Key = Records.Key(), Value = value });

    public static Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 90) =>
        Eventually.IsTrueAsync(condition, what, TimeSpan.FromSeconds(seconds));

    /// <summary>As a killed process ends: nothing is finished, nobody is told.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
    private sealed class AssignmentCount : ILoggerProvider, ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "Assigned") Interlocked.Increment(ref _count);
        }

        public void Dispose()
        {
        }
    }
}
