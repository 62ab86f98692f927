using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>A dead letter keeps what came, byte for byte, and tells why and whence.</summary>
public sealed class DeadLetterTests : IAsyncLifetime
{
    private readonly LogLines _log = new();
    private Cluster _cluster = null!;
    private DeadLetters _letters = null!;

    public async Task InitializeAsync()
    {
        _cluster = await Cluster.StartAsync(partitions: 1);
        _letters = new DeadLetters(_cluster.Producer, _log.For<DeadLetters>());
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_never_reached_its_topic_has_no_source()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

        await _letters.PublishAsync(Topics.Trades, null, bytes, "no frame: ⌁", "ingestion", default);

        var letter = Read().Message;
        Assert.Null(letter.Key);
        Assert.Equal(bytes, letter.Value);
        Assert.Equal([(DeadLetters.ReasonHeader, "no frame: ⌁"), (DeadLetters.StageHeader, "ingestion")], HeadersOf(letter));
    }

    [Fact]
    public async Task An_empty_value_and_an_empty_key_stay_empty()
    {
        await _letters.PublishAsync(Topics.Trades, [], [], "nothing in it", "ingestion", default);

        Assert.Equal(([], []), (Read().Message.Key, Read().Message.Value));
    }

    [Fact]
    public async Task A_letter_that_was_sent_again_and_failed_again_tells_the_newest_reason_and_keeps_the_old_one()
    {
        await _letters.PublishAsync(Record("x"u8.ToArray(), offset: 7), "first reason", "storage", default);
        var first = Read();
        first.TopicPartitionOffset = new TopicPartitionOffset(Topics.Trades, 0, 99);
        await _letters.PublishAsync(first, "second reason", "aggregation", default);

        var second = Read(offset: 1).Message;

        string Last(string name) => Encoding.UTF8.GetString(second.Headers.GetLastBytes(name));
        Assert.Equal(("second reason", "aggregation", "99"), (Last(DeadLetters.ReasonHeader), Last(DeadLetters.StageHeader), Last(DeadLetters.OffsetHeader)));
        Assert.Contains((DeadLetters.ReasonHeader, "first reason"), HeadersOf(second));
        Assert.Contains((DeadLetters.OffsetHeader, "7"), HeadersOf(second));
    }

    [Fact]
    public async Task The_log_shows_how_a_letter_begins_on_one_printable_line()
    {
        await _letters.PublishAsync(Record(Encoding.UTF8.GetBytes("{\"a\":1,\r\n\0\u001b[31m" + new string('z', 500)), 7), "not JSON", "storage", default);

        var (level, message) = Assert.Single(_log.All);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith("Dead letter from crypto.trades at storage: not JSON. It begins: {\"a\":1,????[31mzzz", message, StringComparison.Ordinal);
        Assert.EndsWith("z", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 200, 300);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_character_that_is_cut_or_broken_does_not_break_the_sample(int cut)
    {
        byte[] value = [.. new string('a', 200 - cut).Select(c => (byte)c), 0xF0, 0x9F, 0x98, 0x80, 0xFF, 0xC0];

        Assert.StartsWith(new string('a', 200 - cut), DeadLetters.Sample(value), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_are_counted_by_topic_and_stage()
    {
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument is { Name: "crypto.dead_letters", Meter.Name: DeadLetters.MeterName }) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            counted.AddOrUpdate(string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")), value, (_, sum) => sum + value));
        listener.Start();

        await _letters.PublishAsync(Topics.News, null, [1], "a", "counting", default);
        await _letters.PublishAsync(Topics.News, null, [2], "b", "counting", default);

        Assert.Equal(2, counted["topic=crypto.news stage=counting"]);
    }

    private static ConsumeResult<byte[], byte[]> Record(byte[] value, long offset) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(Topics.Trades, 0, offset),
        Message = new Message<byte[], byte[]> { Key = "k"u8.ToArray(), Value = value },
    };

    private static List<(string Name, string Value)> HeadersOf(Message<byte[], byte[]> letter) =>
        [.. letter.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.GetValueBytes())))];

    private ConsumeResult<byte[], byte[]> Read(long offset = 0)
    {
        var topic = Topics.DeadLetters(Topics.Trades);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            KafkaClients.ConsumerConfig(_cluster.Options, "reader", null, TimeSpan.FromSeconds(6))).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, offset));
        return consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"nothing in {topic}");
    }
}
