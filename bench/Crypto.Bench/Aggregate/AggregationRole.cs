using System.Diagnostics;
using Crypto.Aggregation;
using Crypto.Aggregation.Running;
using Crypto.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Bench.Aggregate;

/// <summary>The whole role as the hosts run it: consumer, candles, analytics and publisher, all seven intervals.</summary>
internal sealed class AggregationRole : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly AggregationService _service;

    private AggregationRole(IHost host) => (_host, _service) = (host, host.Services.GetRequiredService<AggregationService>());

    public static async Task<AggregationRole> StartAsync(BenchSystem system, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", system.Kafka.BootstrapServers)]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(system.DataSource);
        builder.Services.AddKafkaClients(builder.Configuration);
        builder.Services.AddAggregation(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new AggregationRole(host);
    }

    /// <summary>Waits until so many records are in committed candles.</summary>
    /// <returns>Records per second from the assignment to the last commit, and the cores that this process kept busy.</returns>
    public async Task<(double Rate, double Cores)> UntilFoldedAsync(long count, CancellationToken cancellation)
    {
        var (begin, processor) = (0L, TimeSpan.Zero);
        while ((_service.Consumer?.Records ?? 0) < count)
        {
            if (begin == 0 && _service.Consumer is { Partitions: > 0 }) (begin, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            if (_service.ExecuteTask is { IsCompleted: true } ended) await ended;
            await Task.Delay(1, cancellation);
        }
        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return (count / seconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds / seconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
