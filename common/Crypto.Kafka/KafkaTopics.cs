using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Kafka;

/// <summary>Makes the platform's topics and tells the id and extent of existing ones. Safe for many threads.</summary>
public sealed partial class KafkaTopics(IOptions<KafkaOptions> options, ILogger<KafkaTopics> logger) : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private readonly KafkaOptions _options = options.Value;
    private readonly Lazy<IAdminClient> _admin = new(() => Build(options.Value, logger));

    /// <summary>
    /// Makes the topics of <see cref="TopicSpec.All"/> that are missing, with partitions, retention and compaction. Waits for
    /// a broker that cannot be reached. Existing topics stay as they are; another number of partitions is logged.
    /// </summary>
    /// <exception cref="FatalException">The broker refuses, for instance for want of replicas or rights.</exception>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                await CreateAsync(cancellation).ConfigureAwait(false);
                return;
            }
            catch (RetriableException e)
            {
                Log.Waiting(logger, e.Message);
            }
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
            if (pause < TimeSpan.FromSeconds(2)) pause *= 2;
        }
    }

    /// <summary>The topic's id and number of partitions as the broker has them now; null where there is no such topic.</summary>
    /// <returns>An empty id where the broker gives none.</returns>
    /// <exception cref="RetriableException">The broker cannot be reached.</exception>
    public async Task<(string Id, int Partitions)?> DescribeAsync(string topic, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var described = await _admin.Value.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = RequestTimeout })
                .WaitAsync(cancellation).ConfigureAwait(false);
            var found = described.TopicDescriptions[0];
            var id = found.TopicId is { } given && (given.MostSignificantBits | given.LeastSignificantBits) != 0 ? given.ToString() : "";
            return (id, found.Partitions.Count);
        }
        catch (DescribeTopicsException e) when (e.Results.TopicDescriptions.Exists(t => t.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return null;
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"topic {topic} cannot be described: {e.Error.Reason}", e);
        }
    }

    /// <summary>Per partition the first offset that it still has, and the one that its next record will get.</summary>
    /// <exception cref="RetriableException">The broker cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<TopicPartition, (long Earliest, long Latest)>> ExtentsAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            // A client of its own: an older one does not find the leaders of a topic that was made anew meanwhile.
            using var admin = Build(_options, logger);
            // Asked for offsets before it is connected, it looks for the leaders again only after one second, or three; what
            // this asks waits for the connection itself.
            await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([.. partitions.Select(partition => partition.Topic).Distinct()]),
                new DescribeTopicsOptions { RequestTimeout = RequestTimeout }).WaitAsync(cancellation).ConfigureAwait(false);
            // Two requests: librdkafka takes a partition only once in each.
            var earliest = await OffsetsAsync(admin, partitions, OffsetSpec.Earliest()).WaitAsync(cancellation).ConfigureAwait(false);
            var latest = await OffsetsAsync(admin, partitions, OffsetSpec.Latest()).WaitAsync(cancellation).ConfigureAwait(false);
            return earliest.ToDictionary(first => first.Key, first => (first.Value, latest[first.Key]));
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"offsets cannot be listed: {e.Error.Reason}", e);
        }
    }

    /// <summary>Whether a settled group leaves partitions of the topics to nobody. False while it rebalances or is empty.</summary>
    /// <exception cref="RetriableException">The broker cannot be reached, or does not tell.</exception>
    public async Task<bool> HasUnreadAsync(string group, IEnumerable<string> topics, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            var described = await _admin.Value.DescribeConsumerGroupsAsync(
                [group], new DescribeConsumerGroupsOptions { RequestTimeout = RequestTimeout }).WaitAsync(cancellation).ConfigureAwait(false);
            var description = described.ConsumerGroupDescriptions[0];
            if (description.State != ConsumerGroupState.Stable) return false;
            var read = description.Members.SelectMany(member => member.Assignment.TopicPartitions).ToLookup(partition => partition.Topic);
            foreach (var topic in topics)
                if (await DescribeAsync(topic, cancellation).ConfigureAwait(false) is { } found && read[topic].Distinct().Count() < found.Partitions)
                    return true;
            return false;
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"group {group} cannot be described: {e.Error.Reason}", e);
        }
    }

    public void Dispose()
    {
        if (_admin.IsValueCreated) _admin.Value.Dispose();
    }

    private static IAdminClient Build(KafkaOptions options, ILogger logger) =>
        new AdminClientBuilder(KafkaClients.Settings(options, "admin"))
            .SetLogHandler((_, message) => KafkaLog.Client(logger, message))
            .SetErrorHandler((_, error) => KafkaLog.Error(logger, error))
            .Build();

    private static async Task<Dictionary<TopicPartition, long>> OffsetsAsync(
        IAdminClient admin, IEnumerable<TopicPartition> partitions, OffsetSpec which)
    {
        var listed = await admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = which }),
            new ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = IsolationLevel.ReadUncommitted })
            .ConfigureAwait(false);
        return listed.ResultInfos.Select(info => info.TopicPartitionOffsetError).ToDictionary(
            info => info.TopicPartition, info => info.Error.IsError ? throw new KafkaException(info.Error) : info.Offset.Value);
    }

    private async Task CreateAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var specifications = TopicSpec.All(_options.TradePartitions);
        try
        {
            var existing = _admin.Value.GetMetadata(RequestTimeout).Topics.Where(t => t.Error.Code == ErrorCode.NoError)
                .ToDictionary(t => t.Topic, t => t.Partitions.Count);
            foreach (var spec in specifications)
                if (existing.TryGetValue(spec.Name, out var partitions) && partitions != spec.Partitions)
                    Log.OtherPartitions(logger, spec.Name, partitions, spec.Partitions);
            var missing = specifications.Where(spec => !existing.ContainsKey(spec.Name)).ToList();
            if (missing.Count == 0) return;
            await _admin.Value.CreateTopicsAsync(
                missing.Select(Specification), new CreateTopicsOptions { RequestTimeout = RequestTimeout }).ConfigureAwait(false);
            Log.Created(logger, missing.Count);
        }
        catch (CreateTopicsException e)
        {
            var refused = e.Results.FirstOrDefault(r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists);
            if (refused is null) return; // Another host was faster.
            if (IsPassing(refused.Error)) throw new RetriableException($"topic {refused.Topic}: {refused.Error.Reason}", e);
            throw new FatalException($"the broker refuses to make topic {refused.Topic}: {refused.Error.Reason}", e);
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"Kafka at {_options.BootstrapServers} cannot be reached: {e.Error.Reason}", e);
        }
    }

    private TopicSpecification Specification(TopicSpec spec) => new()
    {
        Name = spec.Name,
        NumPartitions = spec.Partitions,
        ReplicationFactor = _options.ReplicationFactor,
        Configs = spec.Settings,
    };

    private static bool IsPassing(Error error) => error.IsLocalError || error.Code is ErrorCode.NotController
        or ErrorCode.RequestTimedOut or ErrorCode.LeaderNotAvailable or ErrorCode.NetworkException;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Made {Count} topics")]
        public static partial void Created(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "Waiting for Kafka: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Topic {Topic} has {Partitions} partitions, not {Wanted}; it is used as it is")]
        public static partial void OtherPartitions(ILogger logger, string topic, int partitions, int wanted);
    }
}
