using Crypto.Contracts;
using Crypto.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>Where a consumer goes on after whatever happened to it, to the log or to the topic.</summary>
public sealed class StreamOffsetStoreTests : IAsyncLifetime
{
    private const string Topic = Topics.Trades;
    private readonly LogLines _log = new();
    private TestPostgres _postgres = null!;
    private StreamOffsetStore _store = null!;

    public async Task InitializeAsync()
    {
        _postgres = await TestPostgres.CreateAsync();
        _store = new StreamOffsetStore(_postgres.DataSource, "storage", _log);
    }

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Fact]
    public async Task A_partition_is_read_for_the_first_time_from_what_is_left_of_its_log()
    {
        var position = await AssignAsync("id-1", earliest: 40, latest: 90);

        Assert.Equal(new StreamPosition(Topic, 3, "id-1", 40, null), position);
        Assert.Equal(position, await _store.ReadAsync(Topic, 3, default));
    }

    [Fact]
    public async Task A_consumer_goes_on_where_its_last_transaction_ended()
    {
        var end = await AppliedToAsync("id-1", 70, lastTradeId: 4711);

        Assert.Equal(end, await AssignAsync("id-1", earliest: 40, latest: 90));
        Assert.DoesNotContain(_log.All, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_consumer_that_has_read_all_waits_at_the_end()
    {
        var end = await AppliedToAsync("id-1", 90);

        Assert.Equal(end, await AssignAsync("id-1", earliest: 90, latest: 90));
    }

    [Fact]
    public async Task A_topic_made_anew_is_read_from_its_beginning()
    {
        await AppliedToAsync("id-1", 70, lastTradeId: 4711);

        Assert.Equal(new StreamPosition(Topic, 3, "id-2", 0, null), await AssignAsync("id-2", earliest: 0, latest: 500));
        Assert.Contains(_log.All, line => line is (LogLevel.Warning, "storage: crypto.trades/3 was made anew; it is read from its beginning, 0"));
    }

    [Fact]
    public async Task A_log_shorter_than_what_was_applied_is_read_from_its_beginning()
    {
        await AppliedToAsync("id-1", 70, lastTradeId: 4711);

        Assert.Equal(new StreamPosition(Topic, 3, "id-1", 5, null), await AssignAsync("id-1", earliest: 5, latest: 69));
        Assert.Contains(_log.All, line => line is (
            LogLevel.Warning, "storage: crypto.trades/3 ends at 69, before the applied 70; it is read from its beginning, 5"));
    }

    [Fact]
    public async Task What_retention_took_before_it_was_read_is_told_as_an_error()
    {
        await AppliedToAsync("id-1", 70, lastTradeId: 4711);

        Assert.Equal(new StreamPosition(Topic, 3, "id-1", 80, null), await AssignAsync("id-1", earliest: 80, latest: 90));
        Assert.Contains(_log.All, line => line is (
            LogLevel.Error, "storage: crypto.trades/3 has lost the records from 70 on to retention; it is read from 80"));
    }

    [Fact]
    public async Task Consumers_and_partitions_have_positions_of_their_own()
    {
        await AppliedToAsync("id-1", 70);
        var other = new StreamOffsetStore(_postgres.DataSource, "aggregation", _log);

        Assert.Equal(0, (await other.AssignAsync(Topic, 3, "id-1", 0, 90, default)).NextOffset);
        Assert.Equal(0, (await _store.AssignAsync(Topic, 4, "id-1", 0, 90, default)).NextOffset);
        Assert.Equal(70, (await AssignAsync("id-1", 0, 90)).NextOffset);
        Assert.Null(await _store.ReadAsync(Topics.Coverage, 3, default));
    }

    [Fact]
    public async Task A_log_with_another_record_at_the_same_place_is_begun_again()
    {
        var end = await AppliedToAsync("id-1", 70, lastTradeId: 4711);

        await _store.RestartAsync(end, earliest: 5, default);

        Assert.Equal(new StreamPosition(Topic, 3, "id-1", 5, null), await _store.ReadAsync(Topic, 3, default));
    }

    [Fact]
    public async Task A_restart_from_a_position_that_another_has_moved_is_fenced()
    {
        var before = await AppliedToAsync("id-1", 70);
        await Moves.ApplyAsync(_postgres, _store, (before, before with { NextOffset = 75 }));

        await Assert.ThrowsAsync<FencedException>(() => _store.RestartAsync(before, earliest: 0, default));
        Assert.Equal(75, (await _store.ReadAsync(Topic, 3, default))!.NextOffset);
    }

    [Fact]
    public async Task Consumers_that_meet_a_partition_in_the_same_moment_agree_on_its_position()
    {
        async Task<long?> TryAsync()
        {
            try
            {
                return (await AssignAsync("id-1", earliest: 40, latest: 90)).NextOffset;
            }
            catch (FencedException)
            {
                return null; // and asks again
            }
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TryAsync()));

        Assert.Contains(40, answers);
        Assert.All(answers, answer => Assert.True(answer is null or 40));
        Assert.Equal(40, (await AssignAsync("id-1", earliest: 40, latest: 90)).NextOffset);
    }

    private Task<StreamPosition> AssignAsync(string topicId, long earliest, long latest) =>
        _store.AssignAsync(Topic, 3, topicId, earliest, latest, default);

    private async Task<StreamPosition> AppliedToAsync(string topicId, long offset, long? lastTradeId = null)
    {
        var begin = await AssignAsync(topicId, 0, offset);
        var end = begin with { NextOffset = offset, LastTradeId = lastTradeId };
        Assert.Equal(1, await Moves.ApplyAsync(_postgres, _store, (begin, end)));
        return end;
    }
}
