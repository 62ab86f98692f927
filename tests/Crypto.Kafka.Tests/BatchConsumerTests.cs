using Crypto.Contracts;
using Xunit;

namespace Crypto.Kafka.Tests;

public sealed class BatchConsumerTests : IAsyncLifetime
{
    private readonly MemoryDatabase _database = new();
    private Cluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await Cluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_was_published_before_and_after_the_start_is_applied_once()
    {
        await _cluster.ProduceAsync(Values(0, 500));
        var consumer = _cluster.Consume(new MemoryHandler(_database));
        await ArrivedAsync(500);
        await _cluster.ProduceAsync(Values(500, 300));
        await ArrivedAsync(800);

        Assert.Equal(4, consumer.Status.Partitions);
        Assert.Null(consumer.Status.Failure);
        await Cluster.UntilAsync(() => consumer.Status.Records == 800, "the status tells so");
    }

    [Fact]
    public async Task A_restart_goes_on_where_the_database_stands()
    {
        await _cluster.ProduceAsync(Values(0, 300));
        var first = _cluster.Consume(new MemoryHandler(_database));
        await ArrivedAsync(300);
        await _cluster.StopAsync(first);
        await _cluster.ProduceAsync(Values(300, 300));

        _cluster.Consume(new MemoryHandler(_database));
        await ArrivedAsync(600);
    }

    [Fact]
    public async Task A_batch_has_no_more_records_than_its_bound()
    {
        await _cluster.ProduceAsync(Values(0, 1000));
        var handler = new MemoryHandler(_database);
        _cluster.Consume(handler, maxRecords: 64);
        await ArrivedAsync(1000);

        Assert.All(handler.BatchSizes, size => Assert.InRange(size, 1, 64));
    }

    [Fact]
    public async Task A_database_that_is_away_delays_and_loses_nothing()
    {
        _database.IsAway = true;
        var handler = new MemoryHandler(_database);
        var consumer = _cluster.Consume(handler, maxRecords: 50);
        await _cluster.ProduceAsync(Values(0, 400));
        await Cluster.UntilAsync(() => consumer.Status.Failure?.Reason == "the database is away", "the failure is told");
        _database.IsAway = false;
        await Cluster.UntilAsync(() => _database.Values.Count > 0, "something is applied");
        _database.IsAway = true;
        await _cluster.ProduceAsync(Values(400, 400));
        var before = handler.Assignments;
        // Longer than a session: the member polls on and is not thrown out.
        await Task.Delay(Cluster.SessionTimeout * 1.25);
        _database.IsAway = false;

        await ArrivedAsync(800);
        Assert.Equal((4, 0), (handler.Assignments, handler.Revocations));
        Assert.Equal(4, before);
        Assert.Null(consumer.Status.Failure);
    }

    [Fact]
    public async Task A_fenced_consumer_takes_its_positions_anew()
    {
        await _cluster.ProduceAsync(Values(0, 200));
        var handler = new MemoryHandler(_database);
        _cluster.Consume(handler);
        await ArrivedAsync(200);
        // Somebody else applied the next record of partition 0, which therefore is not ours to apply.
        _database.MoveOffset(Topics.Trades, 0, by: 1);
        await _cluster.ProduceAsync(Values(200, 200));

        await Cluster.UntilAsync(() => _database.Values.Count >= 399, "the rest is applied");
        Assert.Equal(399, _database.Values.Distinct().Count());
    }

    [Fact]
    public async Task Two_members_share_the_partitions_and_apply_everything_once()
    {
        var handlers = new[] { new MemoryHandler(_database), new MemoryHandler(_database) };
        var one = _cluster.Consume(handlers[0], "one");
        await _cluster.ProduceAsync(Values(0, 500));
        await ArrivedAsync(500);
        var two = _cluster.Consume(handlers[1], "two");
        var producing = _cluster.ProduceAsync(Values(500, 2000));
        await Cluster.UntilAsync(() => one.Status.Partitions == 2 && two.Status.Partitions == 2, "two partitions each");
        await producing;
        await _cluster.ProduceAsync(Values(2500, 500));
        await ArrivedAsync(3000);

        // A static member's place is kept for the session time-out; then the other one takes over.
        await _cluster.StopAsync(two);
        await _cluster.ProduceAsync(Values(3000, 500));
        await ArrivedAsync(3500);
        Assert.Equal(4, handlers[0].Assigned.Count);
    }

    [Fact]
    public async Task A_topic_made_anew_is_noticed_while_reading()
    {
        await _cluster.ProduceAsync(Values(0, 300));
        var handler = new MemoryHandler(_database);
        _cluster.Consume(handler);
        await ArrivedAsync(300);
        var id = handler.Assigned[(Topics.Trades, 0)].TopicId;
        Assert.NotEqual("", id);

        await _cluster.Broker.StopAsync();
        foreach (var folder in Directory.GetDirectories(_cluster.Broker.Folder)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.GetFiles(_cluster.Broker.Folder)) File.Delete(file);
        await _cluster.Broker.StartAgainAsync();
        await _cluster.Topics.EnsureAsync(default);
        await _cluster.ProduceAsync(Values(300, 600));

        // The old position may fit the new log too, and records after it may come before the change is noticed: those come twice,
        // and handlers drop them by their ids. What must not happen is that those before it never come.
        await Cluster.UntilAsync(() => _database.Values.Distinct().Count() == 900, "every value of both logs is applied", seconds: 90);
        Assert.NotEqual(id, handler.Assigned[(Topics.Trades, 0)].TopicId);
    }

    [Fact]
    public async Task Partitions_that_the_group_gives_to_nobody_are_read_all_the_same()
    {
        await _cluster.ProduceAsync(Values(0, 300));
        var before = _cluster.Consume(new MemoryHandler(_database));
        await ArrivedAsync(300);
        await _cluster.StopAsync(before);
        await _cluster.AddPartitionsAsync(Topics.Trades, 6);
        await _cluster.ProduceAsync(Values(300, 300));

        // A static member that comes back is given what it had, and that was four partitions.
        var after = _cluster.Consume(new MemoryHandler(_database));
        await ArrivedAsync(600);
        await Cluster.UntilAsync(() => after.Status.Partitions == 6, "it has them all");
    }

    [Fact]
    public async Task A_broker_that_restarts_is_found_again()
    {
        await _cluster.ProduceAsync(Values(0, 300));
        _cluster.Consume(new MemoryHandler(_database));
        await ArrivedAsync(300);
        await _cluster.Broker.RestartAsync();
        await _cluster.ProduceAsync(Values(300, 300));

        await ArrivedAsync(600);
    }

    [Fact]
    public async Task A_fatal_failure_ends_the_consumer_with_its_message()
    {
        var handler = new MemoryHandler(_database) { Before = _ => throw new FatalException("the schema is missing") };
        var consumer = _cluster.Consume(handler);
        await _cluster.ProduceAsync(Values(0, 10));

        var failure = await Assert.ThrowsAsync<FatalException>(() => _cluster.EndOf(consumer).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("the schema is missing", failure.Message);
    }

    [Fact]
    public async Task A_stop_lets_the_batch_under_way_commit()
    {
        var began = new TaskCompletionSource();
        var handler = new MemoryHandler(_database)
        {
            Before = async _ =>
            {
                began.TrySetResult();
                await Task.Delay(500, CancellationToken.None);
            },
        };
        var consumer = _cluster.Consume(handler);
        await _cluster.ProduceAsync(Values(0, 1));
        await began.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await _cluster.StopAsync(consumer);

        Assert.Equal(["v0"], _database.Values);
        Assert.Empty(handler.Assigned);
    }

    private static IEnumerable<string> Values(int from, int count) => Enumerable.Range(from, count).Select(i => $"v{i}");

    /// <summary>Waits for so many values and holds that each is there once.</summary>
    private async Task ArrivedAsync(int count)
    {
        await Cluster.UntilAsync(() => _database.Values.Count >= count, $"{count} values are applied", seconds: 60);
        var values = _database.Values;
        Assert.Equal(count, values.Count);
        Assert.Equal(count, values.Distinct().Count());
    }
}
