using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.MassTransit;

public static class RiderRegistration
{
    /// <summary>
    /// What the consumer needs, whatever transport brings its messages. The host provides the same as for <c>AddStorage</c>,
    /// a <see cref="LocateRecord"/>, and MassTransit with <see cref="TradeRecordConsumer"/> and <see cref="BatchDefinition"/>.
    /// </summary>
    public static IServiceCollection AddRiderStorage(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RiderOptions>().Bind(configuration.GetSection(RiderOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RiderOptions>, RiderOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SchemaGate>();
        services.TryAddSingleton<InstrumentStore>();
        services.TryAddSingleton<StorageMetrics>();
        services.TryAddSingleton<LooseBatchHandler>();
        services.TryAddSingleton<RiderProgress>();
        services.TryAddSingleton<RiderStore>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RiderStore>());
        services.TryAddSingleton<NothingLostFilter>();
        services.TryAddSingleton<DescribePartition>(provider => DescribeBy(provider.GetRequiredService<KafkaTopics>()));
        services.AddHealthChecks().AddCheck<RiderHealthCheck>("storage");
        return services;
    }

    private static DescribePartition DescribeBy(KafkaTopics topics) => async (partition, cancellation) =>
    {
        var described = await topics.DescribeAsync(partition.Topic, cancellation).ConfigureAwait(false)
            ?? throw new RetriableException($"there is no topic {partition.Topic}");
        var extents = await topics.ExtentsAsync((TopicPartition[])[partition], cancellation).ConfigureAwait(false);
        return (described.Id, extents[partition].Earliest);
    };
}

/// <summary>Batches by partition, of the configured size, with <see cref="NothingLostFilter"/> around the consumer.</summary>
public sealed class BatchDefinition(IOptions<RiderOptions> options, LocateRecord locate) : ConsumerDefinition<TradeRecordConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<TradeRecordConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = options.Value.DeliveryLimit;
        consumerConfigurator.Options<BatchOptions>(batch => batch
            .SetMessageLimit(options.Value.BatchSize)
            .SetTimeLimit(options.Value.Linger)
            // Waiting costs nothing: RiderStore stores together what waits.
            .SetConcurrencyLimit(RiderOptions.WaitingBatches)
            // MassTransit's own would give the rider as many executors as a batch has records.
            .SetConfigurationCallback((_, _) => { })
            .GroupBy<RawRecord, int>(message => locate(message).Partition));
        consumerConfigurator.Message<Batch<RawRecord>>(message => message.UseFilter(context.GetRequiredService<NothingLostFilter>()));
    }
}
