using Confluent.Kafka;
using Crypto.EmbeddedKafka.Tests.Clients;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Wire;

/// <summary>Meters belong to the process, so no other broker may run beside these tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}

[Collection(AloneCollection.Name)]
public sealed class MetricsTests
{
    [Fact]
    public async Task The_meter_tells_bytes_records_latencies_sizes_and_lags()
    {
        using var meter = new BrokerMeter();
        await using var broker = await TestBroker.StartAsync();
        await TestClients.CreateTopicAsync(broker, "t");
        await TestClients.ProduceAsync(broker, "t", ["1", "2", "3", "4"]);
        using (var consumer = TestClients.Consumer(broker, "g"))
        {
            consumer.Assign(new TopicPartitionOffset("t", 0, Offset.Beginning));
            TestClients.Take(consumer, 1);
            consumer.Commit([new TopicPartitionOffset("t", 0, 1)]);
        }
        using var hostile = await RawClient.ConnectAsync(broker);
        await hostile.SendRawAsync(new byte[12]);
        Assert.Null(await hostile.ReceiveAsync());

        meter.Collect();

        Assert.Equal(4, meter.Sum("kafka.broker.records.appended"));
        Assert.Equal(3, meter.Sum("kafka.broker.group.lag g t"));
        Assert.True(meter.Sum("kafka.broker.log.size t") > 0);
        Assert.True(meter.Sum("kafka.broker.bytes.received") > 0 && meter.Sum("kafka.broker.bytes.sent") > 0);
        Assert.True(meter.Sum("kafka.broker.request.duration Produce") > 0);
        Assert.Equal(1, meter.Sum("kafka.broker.requests.malformed"));
        Assert.Equal(0, meter.Sum("kafka.broker.requests.failed"));
        await Eventually.Async(() => meter.Sum("kafka.broker.connections") == 0, withinSeconds: 60);
    }
}
