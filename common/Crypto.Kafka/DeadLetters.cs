using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Microsoft.Extensions.Logging;

namespace Crypto.Kafka;

/// <summary>
/// Puts what cannot be processed to <c>&lt;topic&gt;.dlq</c>: the original key and bytes, with the reason, the stage and, where
/// it came from a topic, its source in headers. At least once: after a crash the same letter may be there twice.
/// </summary>
public sealed partial class DeadLetters(IProducer<byte[], byte[]> producer, ILogger<DeadLetters> logger)
{
    public const string ReasonHeader = "dlq-reason";
    public const string StageHeader = "dlq-stage";
    public const string TopicHeader = "dlq-topic";
    public const string PartitionHeader = "dlq-partition";
    public const string OffsetHeader = "dlq-offset";

    /// <summary>The meter; its counter <c>crypto.dead_letters</c> has the tags <c>topic</c> and <c>stage</c>.</summary>
    public const string MeterName = "Crypto.Kafka";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Published =
        Meter.CreateCounter<long>("crypto.dead_letters", "{record}", "Records put to a dead-letter topic");

    // Touched when the first of these is made: the counter is to be seen before it counts.
    private readonly Counter<long> _published = Published;

    /// <summary>Puts a consumed record to its dead-letter topic and returns when the broker has it.</summary>
    /// <exception cref="RetriableException">The broker cannot be reached.</exception>
    public Task PublishAsync(ConsumeResult<byte[], byte[]> record, string reason, string stage, CancellationToken cancellation)
    {
        // Ours come last, where readers look: a letter that was sent again and failed again tells the newest reason.
        var headers = new Headers();
        if (record.Message.Headers is { } original)
            foreach (var header in original)
                headers.Add(header.Key, header.GetValueBytes());
        Add(headers, reason, stage);
        headers.Add(TopicHeader, Encoding.UTF8.GetBytes(record.Topic));
        headers.Add(PartitionHeader, Text(record.Partition.Value));
        headers.Add(OffsetHeader, Text(record.Offset.Value));
        return PublishAsync(record.Topic, record.Message.Key, record.Message.Value, headers, reason, stage, cancellation);
    }

    /// <summary>Puts bytes that were meant for <paramref name="topic"/> and never reached it to its dead-letter topic.</summary>
    /// <exception cref="RetriableException">The broker cannot be reached.</exception>
    public Task PublishAsync(string topic, byte[]? key, byte[] value, string reason, string stage, CancellationToken cancellation) =>
        PublishAsync(topic, key, value, Add(new Headers(), reason, stage), reason, stage, cancellation);

    private async Task PublishAsync(
        string topic, byte[]? key, byte[] value, Headers headers, string reason, string stage, CancellationToken cancellation)
    {
        try
        {
            var letter = new Message<byte[], byte[]> { Key = key!, Value = value, Headers = headers };
            await producer.ProduceAsync(Topics.DeadLetters(topic), letter, cancellation).ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"a dead letter of {topic} cannot be published: {e.Error.Reason}", e);
        }
        _published.Add(1, new("topic", topic), new("stage", stage));
        Log.DeadLetter(logger, topic, stage, reason, Sample(value));
    }

    private static Headers Add(Headers headers, string reason, string stage)
    {
        headers.Add(ReasonHeader, Encoding.UTF8.GetBytes(reason));
        headers.Add(StageHeader, Encoding.UTF8.GetBytes(stage));
        return headers;
    }

    private static byte[] Text(long number) => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The first bytes as printable text, for a log line.</summary>
    internal static string Sample(ReadOnlySpan<byte> value)
    {
        const int Length = 200;
        var text = Encoding.UTF8.GetString(value[..Math.Min(value.Length, Length)]);
        return string.Create(text.Length, text, static (printable, source) =>
        {
            for (var i = 0; i < source.Length; i++) printable[i] = char.IsControl(source[i]) ? '?' : source[i];
        });
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Dead letter from {Topic} at {Stage}: {Reason}. It begins: {Sample}")]
        public static partial void DeadLetter(ILogger logger, string topic, string stage, string reason, string sample);
    }
}
