using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Topics;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>The work on logs that nobody waits for: retention, compaction, and checkpoints, so that a start after
/// a crash has little to check.</summary>
internal sealed partial class LogKeeper : IAsyncDisposable
{
    private readonly TopicCatalog _topics;
    private readonly UnpackingMemory _memory;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _timer;
    private readonly Task _working;

    internal LogKeeper(TopicCatalog topics, UnpackingMemory memory, EmbeddedKafkaOptions options, TimeProvider time, ILogger logger)
    {
        _topics = topics;
        _memory = memory;
        _logger = logger;
        _timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.LogCheckIntervalMs), time);
        _working = WorkAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _working;
    }

    private async Task WorkAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            foreach (var topic in _topics.All)
            {
                foreach (var partition in topic.Partitions)
                    Keep(topic, partition);
            }
        }
    }

    private void Keep(Topic topic, PartitionLog partition)
    {
        try
        {
            partition.Keep(_memory);
        }
        catch (Exception e)
        {
            // Whatever it is, the other logs must not fill the disk for it.
            LogFailed(_logger, e, topic.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A log of {Topic} could not be looked after")]
    private static partial void LogFailed(ILogger logger, Exception e, string topic);
}
