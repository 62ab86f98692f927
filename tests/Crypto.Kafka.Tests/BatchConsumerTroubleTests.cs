using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.Contracts;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>What goes wrong around a consumer delays its records; none is lost, none is applied twice.</summary>
public sealed class BatchConsumerTroubleTests : IAsyncLifetime
{
    private const int Patience = 60;
    private readonly MemoryDatabase _database = new();
    private Cluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_batch_that_meets_a_bug_is_kept_and_tried_until_the_bug_is_gone()
    {
        var failing = true;
        var handler = new MemoryHandler(_database)
        {
            Before = _ => Volatile.Read(ref failing) ? throw new InvalidOperationException("a bug") : Task.CompletedTask,
        };
        var consumer = _cluster.Consume(handler);
        await _cluster.ProduceAsync(Values(0, 100));

        await Cluster.UntilAsync(() => consumer.Status.Failure?.Reason == "InvalidOperationException: a bug", "health tells the bug", Patience);
        Assert.Empty(_database.Values);
        Volatile.Write(ref failing, false);

        await ArrivedAsync(100);
        await Cluster.UntilAsync(() => consumer.Status.Failure is null, "health recovers", Patience);
    }

    [Fact]
    public async Task Pauses_between_attempts_double_up_to_the_longest()
    {
        var clock = new PauseClock();
        var failures = 12;
        var handler = new MemoryHandler(_database)
        {
            Before = _ => Interlocked.Decrement(ref failures) >= 0 ? throw new RetriableException("not yet") : Task.CompletedTask,
        };
        await _cluster.ProduceAsync(Values(0, 1));
        _cluster.Consume(handler, clock: clock);
        await ArrivedAsync(1);

        // A hundredth of 200 ms first.
        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 200, 200, 200, 200, 200], clock.Pauses.Select(pause => pause.TotalMilliseconds).TakeLast(12));
    }

    [Fact]
    public async Task A_database_that_is_away_at_the_start_is_waited_for()
    {
        _database.IsAway = true;
        var consumer = _cluster.Consume(new MemoryHandler(_database));
        await _cluster.ProduceAsync(Values(0, 100));
        await Cluster.UntilAsync(() => consumer.Status.Failure?.Reason == "the database is away", "health tells it", Patience);
        Assert.Equal(0, consumer.Status.Partitions);
        _database.IsAway = false;

        await ArrivedAsync(100);
        Assert.Equal(4, consumer.Status.Partitions);
    }

    [Fact]
    public async Task A_slow_handler_is_waited_for_with_both_buffers_full()
    {
        var slow = 1;
        var handler = new MemoryHandler(_database)
        {
            // Longer than a busy handler is simply awaited: the partitions are given back and taken again.
            Before = _ => Interlocked.Exchange(ref slow, 0) == 1 ? Task.Delay(TimeSpan.FromSeconds(1.5), CancellationToken.None) : Task.CompletedTask,
        };
        await _cluster.ProduceAsync(Values(0, 400));
        var consumer = _cluster.Consume(handler, maxRecords: 50);

        await ArrivedAsync(400);
        await _cluster.ProduceAsync(Values(400, 100));
        await ArrivedAsync(500);
        Assert.Null(consumer.Status.Failure);
    }

    [Fact]
    public async Task Lag_is_told_while_it_lasts()
    {
        var gate = new TaskCompletionSource();
        var consumer = _cluster.Consume(new MemoryHandler(_database) { Before = _ => gate.Task });
        await _cluster.ProduceAsync(Values(0, 100));
        await Cluster.UntilAsync(() => consumer.Status.LagRecords == 100, "all of it is lag", Patience);
        // Before a first batch is handled, too.
        await Cluster.UntilAsync(() => consumer.Status.LagTime > TimeSpan.FromSeconds(1), "and it grows old", Patience);
        gate.SetResult();

        await ArrivedAsync(100);
        await Cluster.UntilAsync(() => consumer.Status is { LagRecords: 0, LagTime.Ticks: 0 }, "there is no lag left", Patience);
        Assert.NotNull(consumer.Status.LastBatch);
    }

    [Fact]
    public async Task A_consumer_that_is_fenced_again_and_again_comes_through()
    {
        await _cluster.ProduceAsync(Values(0, 40));
        _cluster.Consume(new MemoryHandler(_database));
        await ArrivedAsync(40);
        for (var round = 0; round < 3; round++)
        {
            foreach (var partition in Enumerable.Range(0, 4)) _database.MoveOffset(Topics.Trades, partition, by: -1);
            await _cluster.ProduceAsync(Values(40 + (round * 40), 40));
            // Every position was set back by one, so four records come once more: the offsets say so, not the consumer.
            await Cluster.UntilAsync(() => _database.Values.Count == 84 + (round * 44), $"round {round} is applied", Patience);
        }

        Assert.Equal(160, _database.Values.Distinct().Count());
    }

    [Fact]
    public async Task Two_processes_with_one_member_id_are_told_apart()
    {
        var first = _cluster.Consume(new MemoryHandler(_database), "same");
        await Cluster.UntilAsync(() => first.Status.Partitions == 4, "the first one reads", Patience);
        var second = _cluster.Consume(new MemoryHandler(_database), "same");

        var failure = await Assert.ThrowsAsync<FatalException>(() => _cluster.EndOf(first).WaitAsync(TimeSpan.FromSeconds(Patience)));

        Assert.Equal("another process reads as member 'same' of group test: give each its own MemberId", failure.Message);
        await Cluster.UntilAsync(() => second.Status.Partitions == 4, "the second one reads on", Patience);
        await _cluster.ProduceAsync(Values(0, 100));
        await ArrivedAsync(100);
    }

    [Fact]
    public async Task A_partition_that_is_added_is_read_too()
    {
        _cluster.Options.Client["topic.metadata.refresh.interval.ms"] = "500";
        var consumer = _cluster.Consume(new MemoryHandler(_database));
        await Cluster.UntilAsync(() => consumer.Status.Partitions == 4, "four are read", Patience);

        using (var admin = new AdminClientBuilder(KafkaClients.Settings(_cluster.Options, "test")).Build())
            await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = Topics.Trades, IncreaseTo = 6 }]);
        await Cluster.UntilAsync(() => consumer.Status.Partitions == 6, "six are read", Patience);
        foreach (var partition in Enumerable.Range(0, 6))
            await _cluster.Producer.ProduceAsync(new TopicPartition(Topics.Trades, partition), new() { Key = [1], Value = [(byte)('a' + partition)] });

        await ArrivedAsync(6);
    }

    [Fact]
    public async Task A_handler_that_cannot_let_go_does_not_hold_the_partitions()
    {
        var stubborn = _cluster.Consume(new MemoryHandler(_database) { FailsToRevoke = true }, "stubborn");
        await _cluster.ProduceAsync(Values(0, 100));
        await ArrivedAsync(100);
        await _cluster.StopAsync(stubborn);
        await _cluster.ProduceAsync(Values(100, 100));

        _cluster.Consume(new MemoryHandler(_database), "stubborn");
        await ArrivedAsync(200);
    }

    private static IEnumerable<string> Values(int from, int count) => Enumerable.Range(from, count).Select(i => $"v{i}");

    /// <summary>Waits for so many values and holds that each is there once.</summary>
    private async Task ArrivedAsync(int count)
    {
        await Cluster.UntilAsync(() => _database.Values.Count >= count, $"{count} values are applied", Patience);
        Assert.Equal((count, count), (_database.Values.Count, _database.Values.Distinct().Count()));
    }
}
