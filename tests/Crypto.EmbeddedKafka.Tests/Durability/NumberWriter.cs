using Confluent.Kafka;

namespace Crypto.EmbeddedKafka.Tests.Durability;

/// <summary>An idempotent producer that writes 0, 1, 2, ... and counts what was acknowledged.</summary>
internal sealed class NumberWriter(string bootstrap, int id, int partition)
{
    internal const string Topic = "numbers";

    private int _acknowledged;

    internal int Id => id;

    internal int Acknowledged => Volatile.Read(ref _acknowledged);

    internal List<string> Failures { get; } = [];

    internal void WriteUntil(CancellationToken ending)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 1,
            CompressionType = id % 2 == 0 ? CompressionType.Lz4 : CompressionType.None,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
            RetryBackoffMs = 10,
            QueueBufferingMaxMessages = 2000,
        };
        using var producer = new ProducerBuilder<Null, string>(config).SetErrorHandler(Note).SetLogHandler((_, _) => { }).Build();
        for (int number = 0; !ending.IsCancellationRequested; number++)
            Write(producer, number);
        producer.Flush(TimeSpan.FromSeconds(60));
    }

    private void Write(IProducer<Null, string> producer, int number)
    {
        var message = new Message<Null, string> { Value = $"{id}:{number}" };
        while (true)
        {
            try
            {
                producer.Produce(new TopicPartition(Topic, partition), message, Report);
                return;
            }
            catch (ProduceException<Null, string> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(5));
            }
        }
    }

    private void Report(DeliveryReport<Null, string> report)
    {
        if (report.Error.IsError)
            Failures.Add(report.Error.Reason);
        else
            Interlocked.Increment(ref _acknowledged);
    }

    private void Note(object sender, Error error)
    {
        if (error.IsFatal)
            Failures.Add(error.Reason);
    }
}
