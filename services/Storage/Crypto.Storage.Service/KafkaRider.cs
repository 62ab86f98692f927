using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Storage.MassTransit;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.Service;

/// <summary>Storage on MassTransit's Kafka rider: <c>crypto.trades</c> and <c>crypto.coverage</c> as raw bytes, in batches.</summary>
internal static class KafkaRider
{
    public static void AddKafkaRider(this WebApplicationBuilder builder)
    {
        builder.Services.AddRiderStorage(builder.Configuration);
        builder.Services.AddSingleton<LocateRecord>(Locate);
        // The rider brings trades and their coverage; the slow feeds are few and stay on the transactional consumer.
        builder.Services.AddStorageCompanions(builder.Configuration, healthCheck: "storage-companions");
        builder.Services.Configure<MassTransitHostOptions>(host => host.StopTimeout = TimeSpan.FromSeconds(8));
        builder.Services.AddMassTransit(bus =>
        {
            // Nothing of a user's system is reported to anybody.
            bus.ConfigureUsageTelemetryOptions(telemetry => telemetry.Enabled = false);
            // The rider needs a bus beside it; nothing is sent over this one.
            bus.UsingInMemory();
            bus.AddRider(rider =>
            {
                rider.AddConsumer<TradeRecordConsumer, BatchDefinition>();
                rider.UsingKafka((context, kafka) =>
                {
                    kafka.Host(context.GetRequiredService<IOptions<KafkaOptions>>().Value.BootstrapServers);
                    AddTopic(kafka, context, Topics.Trades);
                    AddTopic(kafka, context, Topics.Coverage);
                });
            });
        });
    }

    private static void AddTopic(IKafkaFactoryConfigurator kafka, IRiderRegistrationContext context, string topic)
    {
        var rider = context.GetRequiredService<IOptions<RiderOptions>>().Value;
        kafka.TopicEndpoint<byte[], RawRecord>(topic, ConsumerOf(context, topic), endpoint =>
        {
            endpoint.SetKeyDeserializer(Deserializers.ByteArray);
            endpoint.SetValueDeserializer(RawRecordDeserializer.Instance);
            // Records of one symbol share a key, and the rider delivers so many of one key at once.
            endpoint.ConcurrentDeliveryLimit = rider.DeliveryLimit;
            endpoint.CheckpointMessageCount = (ushort)rider.BatchSize;
            endpoint.CheckpointInterval = TimeSpan.FromSeconds(1);
            endpoint.MessageLimit = (ushort)rider.DeliveryLimit;
            endpoint.ConfigureConsumer<TradeRecordConsumer>(context);
        });
    }

    private static ConsumerConfig ConsumerOf(IRiderRegistrationContext context, string topic)
    {
        var storage = context.GetRequiredService<IOptions<StorageOptions>>().Value;
        // Two endpoints are two consumers: each has a group and a static member of its own.
        var suffix = topic == Topics.Trades ? "" : $"-{topic}";
        var config = KafkaClients.ConsumerConfig(context.GetRequiredService<IOptions<KafkaOptions>>().Value,
            $"{storage.Group}-rider{suffix}", string.IsNullOrEmpty(storage.MemberId) ? null : storage.MemberId + suffix, storage.SessionTimeout);
        // The broker's offsets may be missing or expired; the ledger drops what was stored before.
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        return config;
    }

    private static RecordOrigin Locate(ConsumeContext<RawRecord> message)
    {
        var kafka = message.GetPayload<KafkaConsumeContext<byte[]>>();
        return new RecordOrigin(kafka.Topic, kafka.Partition, kafka.Offset, kafka.Key, kafka.CheckpointUtcDateTime);
    }

    private sealed class RawRecordDeserializer : IDeserializer<RawRecord>
    {
        public static readonly RawRecordDeserializer Instance = new();

        public RawRecord Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => new()
        {
            Value = data.ToArray(),
            TraceParent = context.Headers is { } headers && headers.TryGetLastBytes(TraceHeaders.TraceParent, out var trace)
                ? Encoding.ASCII.GetString(trace)
                : null,
        };
    }
}
