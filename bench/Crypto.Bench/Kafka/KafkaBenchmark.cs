using Crypto.EmbeddedKafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Bench.Kafka;

/// <summary>
/// The embedded broker through Confluent.Kafka, client and broker in this one process: produce (beside librdkafka's own mock
/// cluster), consume (beside the client's own rate), round trips, and the start with a large log.
/// </summary>
internal sealed class KafkaBenchmark : IBenchmark
{
    private const int Records = 3_000_000;
    private const int RoundTrips = 10_000;

    public string Name => "kafka";

    public string Description => "the embedded broker: produce, consume, round trip, start-up with 10 GB";

    public bool IsPartOfPipeline => false;

    public async Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (arguments is ["serve", var served])
        {
            await BrokerProcess.ServeAsync(served);
            return;
        }
        string folder = Directory.CreateTempSubdirectory("crypto-bench-kafka-").FullName;
        try
        {
            await MeasureRatesAsync(report, Path.Combine(folder, "rates"));
            if (!arguments.Contains("--no-large-log"))
                await LargeLog.MeasureAsync(report, Path.Combine(folder, "large"), cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureRatesAsync(BenchReport report, string folder)
    {
        var options = new EmbeddedKafkaOptions { Port = 0, DataFolder = folder, DefaultPartitions = 12 };
        await using var broker = await EmbeddedKafkaBroker.StartAsync(options, NullLoggerFactory.Instance);

        report.Heading($"Produce: {Records:N0} records of {KafkaLoad.RecordBytes} bytes, lz4, idempotent, acks=all, 12 partitions");
        KafkaLoad.Produce(KafkaLoad.BrokerAt(broker.BootstrapServers), "warm-up", Records / 10);
        double mock = KafkaLoad.Produce(KafkaLoad.MockCluster, "bench", Records);
        double ours = KafkaLoad.Produce(KafkaLoad.BrokerAt(broker.BootstrapServers), "bench", Records);
        report.Goal("embedded broker", ours, "records/s", 500_000);
        report.Figure("librdkafka's mock cluster, same process", mock, "records/s");
        report.Goal("ratio", ours / mock, "", 0.7);

        report.Heading($"Consume: the same {Records:N0} records");
        double own = KafkaConsuming.FromFullQueue(broker.BootstrapServers, "bench", Records);
        report.Goal("embedded broker", KafkaConsuming.FromBroker(broker.BootstrapServers, "bench", Records), "records/s", 800_000);
        report.Figure("the client alone, from a full local queue", own, "records/s");

        report.Heading("Round trip: one record produced (acks=all) and consumed at a time");
        var latencies = report.Latencies("produce to consume", KafkaConsuming.RoundTrips(broker.BootstrapServers, RoundTrips));
        report.Goal("99th percentile", latencies.P99, "ms", 2, atMost: true);
    }
}
