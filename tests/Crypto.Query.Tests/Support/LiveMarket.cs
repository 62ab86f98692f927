using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Tests.Support;

/// <summary>A server with a database and a broker of its own, both empty, and a producer in place of the other roles.</summary>
internal sealed class LiveMarket : IAsyncDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;

    private LiveMarket(TestPostgres database, TestBroker broker, QueryServer server)
    {
        Database = database;
        Broker = broker;
        Server = server;
        _producer = KafkaClients.BuildProducer(
            new KafkaOptions { BootstrapServers = broker.BootstrapServers }, NullLoggerFactory.Instance);
    }

    public TestPostgres Database { get; }

    public TestBroker Broker { get; }

    public QueryServer Server { get; }

    public static async Task<LiveMarket> StartAsync(params (string Name, string Value)[] settings)
    {
        var database = await TestPostgres.CreateAsync();
        var broker = await TestBroker.StartAsync();
        await EnsureTopicsAsync(broker.BootstrapServers);
        var market = new LiveMarket(database, broker, await QueryServer.StartAsync(database, broker.BootstrapServers, settings));
        await market.FollowedAsync();
        return market;
    }

    /// <summary>Waits until both topics are followed.</summary>
    public async Task FollowedAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (Server.Services.GetServices<Query.Live.TopicTail>().Any(t => t.Trouble is not null)) await Task.Delay(20, timeout.Token);
    }

    /// <summary>Commits a candle to the database and publishes it, as the aggregation does.</summary>
    public async Task CommitAsync(Candle candle)
    {
        await StoreSeed.CandlesAsync(Database.DataSource, [candle]);
        await PublishAsync(candle);
    }

    /// <summary>Publishes a candle, in a trace where one is given (as <c>traceparent</c> has it).</summary>
    public Task PublishAsync(Candle candle, string? trace = null)
    {
        var value = new ArrayBufferWriter<byte>();
        CandleJson.Write(value, candle);
        return PublishBytesAsync(Topics.Candles, candle.Key, value.WrittenSpan.ToArray(), trace);
    }

    public Task PublishAsync(Trade trade)
    {
        var value = new ArrayBufferWriter<byte>();
        TradeJson.Write(value, trade);
        return ProduceAsync(Topics.Trades, trade.Instrument.Key, value);
    }

    public Task PublishBytesAsync(string topic, string key, byte[] value, string? trace = null) => _producer.ProduceAsync(
        topic, new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key),
            Value = value,
            Headers = trace is null ? null : new Headers { { TraceHeaders.TraceParent, Encoding.ASCII.GetBytes(trace) } },
        });

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _producer.Dispose();
        await Broker.DisposeAsync();
        await Database.DisposeAsync();
    }

    private Task ProduceAsync(string topic, string key, ArrayBufferWriter<byte> value) =>
        PublishBytesAsync(topic, key, value.WrittenSpan.ToArray());

    private static async Task EnsureTopicsAsync(string brokers)
    {
        var options = Options.Create(new KafkaOptions { BootstrapServers = brokers, TradePartitions = 3 });
        using var topics = new KafkaTopics(options, NullLogger<KafkaTopics>.Instance);
        await topics.EnsureAsync(default);
    }
}
