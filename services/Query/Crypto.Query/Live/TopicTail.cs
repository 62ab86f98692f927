using Confluent.Kafka;
using Crypto.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Live;

/// <summary>
/// Reads all partitions of one topic from their end, in no group and without stored offsets: every process that serves
/// clients needs every record. After any trouble it starts over at the end, and its sink reads anew from the database.
/// </summary>
internal sealed partial class TopicTail(
    ITailSink sink, IOptions<KafkaOptions> options, IOptions<QueryOptions> query, TimeProvider clock, ILogger<TopicTail> logger)
    : BackgroundService
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private volatile string? _trouble = "not started";
    private string? _told;
    private long _troubleSince = clock.GetTimestamp();

    public string Topic => sink.Topic;

    /// <summary>Why the topic cannot be read, or null while it is followed.</summary>
    public string? Trouble => _trouble;

    /// <summary>How long it could not be read; zero while it is followed.</summary>
    public TimeSpan TroubleTime => _trouble is null ? TimeSpan.Zero : clock.GetElapsedTime(Volatile.Read(ref _troubleSince));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Factory.StartNew(
        () => Run(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Follow(stopping);
            }
            catch (KafkaException e)
            {
                Lose(e.Error.Reason);
            }
            stopping.WaitHandle.WaitOne(Pause);
        }
    }

    private void Follow(CancellationToken stopping)
    {
        string? down = null;
        var config = KafkaClients.ConsumerConfig(options.Value, $"crypto-query-{Topic}", memberId: null, TimeSpan.FromSeconds(10));
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal || error.Code == ErrorCode.Local_AllBrokersDown) down = error.Reason;
            })
            .SetLogHandler((_, message) => Client(message.Facility, message.Message))
            .Build();
        var ends = FindEnds(consumer, stopping);
        if (ends.Count == 0)
        {
            Lose($"there is no topic {Topic} yet");
            return;
        }
        consumer.Assign(ends);
        sink.Followed();
        Followed(ends.Count);
        var span = $"follow {Topic}";
        while (!stopping.IsCancellationRequested && Volatile.Read(ref down) is null)
        {
            if (consumer.Consume(100) is not { } record) continue;
            using var activity = TraceHeaders.StartConsumer(QueryTelemetry.Activities, span, record.Message.Headers);
            sink.Accept(record);
        }
        if (down is not null) Lose(down);
    }

    private List<TopicPartitionOffset> FindEnds(IConsumer<byte[], byte[]> consumer, CancellationToken stopping)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var topic = Ask(() => admin.GetMetadata(Topic, Slice), stopping).Topics.Find(t => t.Topic == Topic);
        if (topic is null || topic.Error.IsError) return [];
        return [.. topic.Partitions.Select(p =>
        {
            var partition = new TopicPartition(Topic, p.PartitionId);
            return new TopicPartitionOffset(partition, Ask(() => consumer.QueryWatermarkOffsets(partition, Slice), stopping).High);
        })];
    }

    // The client's requests block their thread: in slices, so that a stop need not wait for a broker that is away.
    private T Ask<T>(Func<T> request, CancellationToken stopping)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return request();
            }
            catch (KafkaException e) when (e.Error.IsLocalError && !stopping.IsCancellationRequested
                && clock.GetElapsedTime(started) < RequestTimeout)
            {
                Lose(e.Error.Reason);
                stopping.WaitHandle.WaitOne(Slice / 10);
            }
        }
    }

    private void Followed(int partitions)
    {
        _trouble = _told = null;
        Following(Topic, partitions);
    }

    private void Lose(string reason)
    {
        sink.Lost();
        if (_trouble is null) Volatile.Write(ref _troubleSince, clock.GetTimestamp());
        _trouble = reason;
        // A broker that starts beside this role, or a leader that moves, is no news before the role calls itself unhealthy.
        if (_told == reason || TroubleTime.TotalSeconds < query.Value.KafkaGraceSeconds) return;
        _told = reason;
        Away(Topic, reason);
    }

    [LoggerMessage(LogLevel.Information, "Following {Topic}, {Partitions} partitions")]
    private partial void Following(string topic, int partitions);

    [LoggerMessage(LogLevel.Warning, "{Topic} cannot be followed, trying again: {Reason}")]
    private partial void Away(string topic, string reason);

    [LoggerMessage(LogLevel.Trace, "librdkafka {Facility}: {Text}")]
    private partial void Client(string facility, string text);
}
