using System.Globalization;
using Confluent.Kafka;

namespace Crypto.EmbeddedKafka.Tests.Fuzz;

/// <summary>Writes a number, reads it back, and so on: what a client sees that does nothing wrong.</summary>
internal sealed class HealthyClient(string bootstrap)
{
    private const string Topic = "healthy";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private int _roundTrips;

    internal int RoundTrips => Volatile.Read(ref _roundTrips);

    internal void Run(CancellationToken ending)
    {
        using var producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = bootstrap, EnableIdempotence = true, LingerMs = 0 }).Build();
        using var consumer = new ConsumerBuilder<Ignore, string>(
            new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "healthy", EnableAutoCommit = false }).Build();
        consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
        while (!ending.IsCancellationRequested)
        {
            string number = RoundTrips.ToString(CultureInfo.InvariantCulture);
            var report = producer.ProduceAsync(new TopicPartition(Topic, 0), new Message<Null, string> { Value = number });
            Assert.True(report.Wait(Patience), $"number {number} was not acknowledged within {Patience}");
            var record = consumer.Consume(Patience);
            Assert.True(record is not null, $"number {number} did not come back within {Patience}");
            Assert.Equal(number, record.Message.Value);
            Interlocked.Increment(ref _roundTrips);
            ending.WaitHandle.WaitOne(Pause);
        }
    }
}
