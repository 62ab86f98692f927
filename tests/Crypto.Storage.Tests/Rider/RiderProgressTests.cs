using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Storage.MassTransit;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Crypto.Storage.Tests.Rider;

/// <summary>Where a partition begins, and what the health check is told.</summary>
public sealed class RiderProgressTests : IAsyncLifetime
{
    private static readonly TopicPartition Zero = new(Topics.Trades, 0);
    private readonly MovedClock _clock = new();
    private readonly StorageMetrics _metrics = new();
    private TestPostgres _postgres = null!;
    private IProducer<byte[], byte[]> _producer = null!;
    private LooseBatchHandler _store = null!;
    private RiderProgress _progress = null!;
    private (string TopicId, long Earliest) _log = ("id-1", 40);
    private int _asked;

    public async Task InitializeAsync()
    {
        _postgres = await TestPostgres.CreateAsync();
        // No letter is sent here, so the producer needs no broker.
        _producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = "127.0.0.1:1" })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        _store = new LooseBatchHandler(
            _postgres.DataSource, new InstrumentStore(_postgres.DataSource), new DeadLetters(_producer, NullLogger<DeadLetters>.Instance),
            _metrics, TimeProvider.System, NullLogger<LooseBatchHandler>.Instance);
        _progress = new RiderProgress(_clock);
    }

    public async Task DisposeAsync()
    {
        _producer.Dispose();
        _metrics.Dispose();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task A_partition_without_a_mark_begins_where_its_log_begins()
    {
        await AtAsync(100);

        Assert.Equal(40, _progress.Marks()[Zero]);
    }

    [Fact]
    public async Task A_partition_goes_on_from_its_mark_in_the_store()
    {
        await MarkAsync("id-1", 70);
        await AtAsync(70);

        Assert.Equal(70, _progress.Marks()[Zero]);
    }

    [Fact]
    public async Task A_mark_of_another_log_or_one_that_has_expired_is_not_believed()
    {
        await MarkAsync("id-0", 70);
        await AtAsync(40);
        Assert.Equal(40, _progress.Marks()[Zero]);

        _log = ("id-0", 80);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await AtAsync(0);

        Assert.Equal(80, _progress.Marks()[Zero]);
    }

    [Fact]
    public async Task Records_that_go_on_ask_the_broker_nothing_and_a_step_back_asks_it_now_and_then()
    {
        await AtAsync(40);
        await AtAsync(41);
        await AtAsync(39);
        Assert.Equal(1, _asked);

        _clock.Advance(TimeSpan.FromSeconds(6));
        await AtAsync(50);
        Assert.Equal(1, _asked);
        await AtAsync(39);

        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task A_step_back_in_the_same_log_keeps_the_progress_and_in_another_one_begins_anew()
    {
        await AtAsync(40);
        _progress.Stored(Zero, [40, 41, 42], TimeSpan.FromMinutes(1));
        _clock.Advance(TimeSpan.FromSeconds(6));
        await AtAsync(40);
        Assert.Equal(43, _progress.Marks()[Zero]);

        _log = ("id-2", 0);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await AtAsync(0);

        Assert.Equal(0, _progress.Marks()[Zero]);
    }

    [Fact]
    public async Task What_was_stored_ends_a_trouble_and_is_counted()
    {
        await AtAsync(40);
        var since = _clock.GetUtcNow();
        _progress.Fails("the database is away");
        _clock.Advance(TimeSpan.FromSeconds(5));
        _progress.Fails("still away");
        Assert.Equal(("still away", since), _progress.Failure);

        _progress.Collected(2);
        _progress.Collected(1);
        _progress.Stored(Zero, [40, 41], TimeSpan.FromMinutes(1));

        Assert.Null(_progress.Failure);
        Assert.Equal((2, (2L, 2), _clock.GetUtcNow()), (_progress.Records, _progress.Batches, _progress.LastBatch!.Value));
    }

    private Task<PartitionProgress> AtAsync(long offset) => _progress.OfAsync(Zero, offset, _store, (_, _) =>
    {
        _asked++;
        return Task.FromResult(_log);
    }, default);

    private Task MarkAsync(string topicId, long offset) => _postgres.ExecuteAsync($"""
        insert into market.stream_offsets (consumer, topic, partition, topic_id, next_offset)
        values ('{StorageOptions.Consumer}', '{Topics.Trades}', 0, '{topicId}', {offset})
        """);

    private sealed class MovedClock : TimeProvider
    {
        private TimeSpan _since;

        public void Advance(TimeSpan by) => _since += by;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _since;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _since.Ticks;
    }
}
