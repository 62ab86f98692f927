using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Aggregation.Running;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Tests.Live;

/// <summary>The whole role in a host of its own, on a real broker and a real database.</summary>
internal sealed class AggregationHost : IAsyncDisposable
{
    private readonly IHost _host;
    private bool _disposed;

    private AggregationHost(IHost host) => _host = host;

    public AggregationService Service => _host.Services.GetRequiredService<AggregationService>();

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<AggregationHost> StartAsync(
        TestBroker broker, TestPostgres postgres, string member = "first", params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)).Concat(
        [
            new("Kafka:BootstrapServers", broker.BootstrapServers),
            new("Aggregation:MemberId", $"aggregation-{member}"),
            new("Aggregation:SessionTimeout", "00:00:06"),
        ]));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(postgres.DataSource);
        builder.Services.AddKafkaClients(builder.Configuration);
        builder.Services.AddAggregation(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return new AggregationHost(host);
    }

    /// <summary>Publishes trades as ingestion does.</summary>
    public static void Publish(IProducer<byte[], byte[]> producer, IEnumerable<Trade> trades)
    {
        var value = new ArrayBufferWriter<byte>();
        foreach (var trade in trades)
        {
            value.ResetWrittenCount();
            TradeJson.Write(value, trade);
            var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(trade.Instrument.Key), Value = value.WrittenSpan.ToArray() };
            while (true)
            {
                try
                {
                    producer.Produce(Topics.Trades, message);
                    break;
                }
                catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(10));
                }
            }
        }
        producer.Flush(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _host.StopAsync();
        _host.Dispose();
    }
}
