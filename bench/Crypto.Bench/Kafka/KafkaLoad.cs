using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace Crypto.Bench.Kafka;

/// <summary>Produces as fast as the client can.</summary>
internal static class KafkaLoad
{
    internal const int RecordBytes = 200;

    /// <summary>As many different records as the compression sees in a batch: trades look alike, but not that much.</summary>
    private const int Variants = 4096;

    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(60);

    /// <summary>librdkafka's mock cluster inside the client.</summary>
    internal static Action<ProducerConfig> MockCluster => config =>
    {
        config.BootstrapServers = "mock";
        config.Set("test.mock.num.brokers", "1");
    };

    internal static Action<ProducerConfig> BrokerAt(string bootstrap) => config => config.BootstrapServers = bootstrap;

    /// <returns>Records per second, until the last one is acknowledged.</returns>
    internal static double Produce(Action<ProducerConfig> where, string topic, int count)
    {
        var config = new ProducerConfig
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            CompressionType = CompressionType.Lz4,
            LingerMs = 20,
            BatchNumMessages = 20_000,
            QueueBufferingMaxMessages = 500_000,
            QueueBufferingMaxKbytes = 512 * 1024,
            EnableDeliveryReports = false,
        };
        where(config);
        var failures = new List<string>();
        using var producer = new ProducerBuilder<Null, byte[]>(config)
            .SetErrorHandler((_, error) =>
            {
                lock (failures)
                    failures.Add(error.Reason);
            })
            .Build();
        var records = MakeRecords();
        // The first record makes the topic and the connection.
        producer.Produce(topic, records[0]);
        producer.Flush(FlushTimeout);
        var watch = Stopwatch.StartNew();
        for (int i = 1; i < count; i++)
            ProduceOne(producer, topic, records[i % Variants]);
        int left = producer.Flush(FlushTimeout);
        double seconds = watch.Elapsed.TotalSeconds;
        if (left > 0 || failures.Count > 0)
            throw new InvalidOperationException($"{left} records were not acknowledged: {string.Join("; ", failures.Distinct())}");
        return (count - 1) / seconds;
    }

    private static void ProduceOne(IProducer<Null, byte[]> producer, string topic, Message<Null, byte[]> record)
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, record);
                return;
            }
            catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(1));
            }
        }
    }

    private static Message<Null, byte[]>[] MakeRecords()
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Variants).Select(i =>
        {
            string text = $$"""{"venue":"binance","symbol":"BTCUSDT","tradeId":{{3_700_000_000 + i}},"price":"{{random.Next(6_000_000, 6_100_000)}}","quantity":"0.{{random.Next(100_000_000)}}","tradeTimeUs":{{1_723_161_601_000_000 + random.Next()}}}""";
            return new Message<Null, byte[]> { Value = Encoding.UTF8.GetBytes(text.PadRight(RecordBytes, '0')[..RecordBytes]) };
        })];
    }
}
