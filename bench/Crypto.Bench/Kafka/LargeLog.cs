using System.Diagnostics;
using Confluent.Kafka;

namespace Crypto.Bench.Kafka;

/// <summary>Fills 10 GB, kills the broker while it is written to, and starts it again.</summary>
internal static class LargeLog
{
    private const long TotalBytes = 10_000_000_000;
    private const int RecordBytes = 900_000;

    internal static async Task MeasureAsync(BenchReport report, string folder, CancellationToken cancellation)
    {
        report.Heading("Start-up with a log of 10 GB, after SIGKILL");
        using (var broker = await BrokerProcess.StartAsync(folder))
        {
            Fill(broker.BootstrapServers, cancellation);
            report.Figure("resident memory after filling", broker.ResidentMegabytes, "MB");
            broker.Kill();
        }
        var watch = Stopwatch.StartNew();
        using var restarted = await BrokerProcess.StartAsync(folder);
        report.Goal("start-up, runtime included", watch.Elapsed.TotalSeconds, "s", 3, atMost: true);
        ReadEveryPartition(restarted.BootstrapServers);
        report.Goal("resident memory after it, every partition read once", restarted.ResidentMegabytes, "MB", 200, atMost: true);
    }

    private static void Fill(string bootstrap, CancellationToken cancellation)
    {
        var config = new ProducerConfig { BootstrapServers = bootstrap, Acks = Acks.All, EnableIdempotence = true, LingerMs = 0 };
        using var producer = new ProducerBuilder<Null, byte[]>(config).Build();
        var value = new byte[RecordBytes];
        new Random(1).NextBytes(value);
        var pending = new Queue<Task>();
        for (long written = 0; written < TotalBytes; written += RecordBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            int partition = (int)(written / RecordBytes % 12);
            pending.Enqueue(producer.ProduceAsync(new TopicPartition("large", partition), new Message<Null, byte[]> { Value = value }, cancellation));
            if (pending.Count > 100)
                pending.Dequeue().GetAwaiter().GetResult();
        }
        Task.WhenAll(pending).GetAwaiter().GetResult();
    }

    private static void ReadEveryPartition(string bootstrap)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "bench", EnableAutoCommit = false };
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).Build();
        for (int p = 0; p < 12; p++)
        {
            consumer.Assign(new TopicPartitionOffset("large", p, Offset.Beginning));
            if (consumer.Consume(TimeSpan.FromSeconds(10)) is null)
                throw new TimeoutException($"partition {p} gave nothing");
        }
    }
}
