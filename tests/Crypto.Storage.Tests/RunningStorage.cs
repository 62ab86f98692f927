using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
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
    private readonly IHost _host;

    private RunningStorage(IHost host) => _host = host;

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
            ["Storage:SessionTimeout"] = "00:00:06",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value));
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(dataSource);
        builder.Services.AddKafkaClients(builder.Configuration);
        builder.Services.AddStorage(builder.Configuration);
        var running = new RunningStorage(builder.Build());
        await running._host.StartAsync();
        return running;
    }

    public async Task<HealthReportEntry> HealthAsync() =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["storage"];

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

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 90)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(begin).TotalSeconds > seconds) throw new TimeoutException($"not within {seconds} s: {what}");
            await Task.Delay(20);
        }
    }

    /// <summary>As a killed process ends: nothing is finished, nobody is told.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
