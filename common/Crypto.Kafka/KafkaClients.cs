using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Kafka;

/// <summary>Confluent.Kafka's clients with the settings that the platform's promises need.</summary>
public static class KafkaClients
{
    /// <summary>Options, producer, topics and dead letters. A host that has a producer of its own calls
    /// <see cref="AddKafkaOptions"/> instead.</summary>
    public static IServiceCollection AddKafkaClients(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddKafkaOptions(configuration);
        services.TryAddSingleton(provider => BuildProducer(
            provider.GetRequiredService<IOptions<KafkaOptions>>().Value, provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }

    /// <summary>Options (validated at start), <see cref="KafkaTopics"/> and <see cref="DeadLetters"/>, without a producer.</summary>
    public static IServiceCollection AddKafkaOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<KafkaOptions>().Bind(configuration.GetSection(KafkaOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KafkaOptions>, KafkaOptionsValidator>());
        services.TryAddSingleton<KafkaTopics>();
        services.TryAddSingleton<DeadLetters>();
        return services;
    }

    /// <summary>
    /// Idempotent, <c>acks=all</c>, lz4, 5 ms of linger. <c>murmur2_random</c> sends a key to the same partition as Java's
    /// clients, kafkajs and MassTransit do. The queue is bounded: <c>Produce</c> throws Local_QueueFull past it.
    /// </summary>
    public static ProducerConfig ProducerConfig(KafkaOptions options) => new(Settings(options, "producer", new()
    {
        ["enable.idempotence"] = "true",
        ["acks"] = "all",
        ["compression.type"] = "lz4",
        ["partitioner"] = "murmur2_random",
        ["linger.ms"] = "5",
        ["queue.buffering.max.messages"] = "200000",
        ["queue.buffering.max.kbytes"] = "65536",
        // Never given up: what was read from the exchange is delivered, or the process is dead.
        ["message.timeout.ms"] = "0",
        ["dotnet.producer.delivery.report.fields"] = "none",
    }));

    /// <summary>
    /// A static member of <paramref name="group"/> that commits nothing: its offsets live in a database. Prefetching is
    /// bounded to 16 MB for all partitions together.
    /// </summary>
    public static ConsumerConfig ConsumerConfig(KafkaOptions options, string group, string? memberId, TimeSpan sessionTimeout)
    {
        var config = new ConsumerConfig(Settings(options, group, new()
        {
            ["group.id"] = group,
            ["enable.auto.commit"] = "false",
            ["enable.auto.offset.store"] = "false",
            ["auto.offset.reset"] = "error",
            ["partition.assignment.strategy"] = "range",
            ["session.timeout.ms"] = ((int)sessionTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["heartbeat.interval.ms"] = ((int)sessionTimeout.TotalMilliseconds / 5).ToString(CultureInfo.InvariantCulture),
            ["queued.max.messages.kbytes"] = "16384",
            ["fetch.error.backoff.ms"] = "100",
            ["fetch.queue.backoff.ms"] = "10",
            ["dotnet.consumer.consume.result.fields"] = "headers,timestamp,topic",
        }));
        if (memberId is not null) config.GroupInstanceId = memberId;
        return config;
    }

    public static IProducer<byte[], byte[]> BuildProducer(KafkaOptions options, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("Crypto.Kafka.Producer");
        return new ProducerBuilder<byte[], byte[]>(ProducerConfig(options))
            .SetLogHandler((_, message) => KafkaLog.Client(logger, message))
            .SetErrorHandler((_, error) => KafkaLog.Error(logger, error))
            .Build();
    }

    /// <summary>How to reach the brokers; the settings of <see cref="KafkaOptions.Client"/> win over ours.</summary>
    public static Dictionary<string, string> Settings(KafkaOptions options, string role, Dictionary<string, string>? own = null)
    {
        var settings = own ?? [];
        settings["bootstrap.servers"] = options.BootstrapServers;
        settings["client.id"] = $"crypto-{role}";
        settings["socket.nagle.disable"] = "true";
        // A broker that comes back, and a topic that was made anew, are noticed soon.
        settings["reconnect.backoff.max.ms"] = "1000";
        settings["topic.metadata.refresh.interval.ms"] = "10000";
        foreach (var (name, value) in options.Client) settings[name] = value;
        return settings;
    }
}
