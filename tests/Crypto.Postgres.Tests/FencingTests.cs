using Crypto.Contracts;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>Of two consumers with the same position only one moves it: that is what makes a batch apply once.</summary>
public sealed class FencingTests : IAsyncLifetime
{
    private TestPostgres _postgres = null!;
    private StreamOffsetStore _one = null!;
    private StreamOffsetStore _two = null!;

    public async Task InitializeAsync()
    {
        _postgres = await TestPostgres.CreateAsync();
        _one = new StreamOffsetStore(_postgres.DataSource, "storage", NullLogger.Instance);
        _two = new StreamOffsetStore(_postgres.DataSource, "storage", NullLogger.Instance);
    }

    public async Task DisposeAsync() => await _postgres.DisposeAsync();

    [Fact]
    public async Task Who_comes_second_moves_nothing()
    {
        var start = await AssignAsync(0);

        Assert.Equal(1, await Moves.ApplyAsync(_postgres, _one, (start, start with { NextOffset = 10, LastTradeId = 9 })));
        Assert.Equal(0, await Moves.ApplyAsync(_postgres, _two, (start, start with { NextOffset = 20, LastTradeId = 19 })));
        Assert.Equal(start with { NextOffset = 10, LastTradeId = 9 }, await ReadAsync(0));
    }

    [Fact]
    public async Task A_position_of_a_former_topic_moves_nothing()
    {
        var former = await AssignAsync(0);
        await _two.AssignAsync(Topics.Trades, 0, "id-2", 0, 100, default);

        Assert.Equal(0, await Moves.ApplyAsync(_postgres, _one, (former, former with { NextOffset = 10 })));
    }

    [Fact]
    public async Task Of_several_partitions_those_that_another_moved_are_missing_from_the_count()
    {
        var (first, second, third) = (await AssignAsync(0), await AssignAsync(1), await AssignAsync(2));
        await Moves.ApplyAsync(_postgres, _two, (second, second with { NextOffset = 5 }));

        await using var connection = await _postgres.DataSource.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            var moved = await Moves.RunAsync(connection, _one.Move(
                [(first, first with { NextOffset = 10 }), (second, second with { NextOffset = 10 }), (third, third with { NextOffset = 10 })]));
            Assert.Equal(2, moved);
            await transaction.RollbackAsync();
        }

        Assert.Equal(first, await ReadAsync(0));
        Assert.Equal(5, (await ReadAsync(1)).NextOffset);
        Assert.Equal(third, await ReadAsync(2));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_move_waits_for_the_one_under_way_and_obeys_its_end(bool firstCommits, int secondMoves)
    {
        var start = await AssignAsync(0);
        await using var first = await _postgres.DataSource.OpenConnectionAsync();
        await using var transaction = await first.BeginTransactionAsync();
        Assert.Equal(1, await Moves.RunAsync(first, _one.Move([(start, start with { NextOffset = 10 })])));

        var second = Moves.ApplyAsync(_postgres, _two, (start, start with { NextOffset = 20 }));
        await IsBlockedAsync();
        Assert.False(second.IsCompleted);
        if (firstCommits) await transaction.CommitAsync();
        else await transaction.RollbackAsync();

        Assert.Equal(secondMoves, await second);
        Assert.Equal(firstCommits ? 10 : 20, (await ReadAsync(0)).NextOffset);
    }

    [Fact]
    public async Task However_many_race_every_offset_is_passed_once()
    {
        const int Each = 25;
        await AssignAsync(0);
        async Task<int> RunAsync(StreamOffsetStore store)
        {
            var moved = 0;
            for (var i = 0; i < Each; i++)
            {
                var at = (await store.ReadAsync(Topics.Trades, 0, default))!;
                moved += await Moves.ApplyAsync(_postgres, store, (at, at with { NextOffset = at.NextOffset + 1, LastTradeId = at.NextOffset }));
            }
            return moved;
        }

        var moves = await Task.WhenAll(RunAsync(_one), RunAsync(_two), RunAsync(_one), RunAsync(_two));

        var end = await ReadAsync(0);
        Assert.Equal(moves.Sum(), end.NextOffset);
        Assert.Equal(end.NextOffset - 1, end.LastTradeId);
        Assert.InRange(moves.Sum(), Each, 4 * Each);
    }

    [Fact]
    public async Task A_mark_rises_and_never_falls()
    {
        await Moves.RaiseAsync(_postgres, _one, Mark("id-1", 10));
        await Moves.RaiseAsync(_postgres, _two, Mark("id-1", 30));
        await Moves.RaiseAsync(_postgres, _one, Mark("id-1", 20));

        Assert.Equal(Mark("id-1", 30), await ReadAsync(0));
    }

    [Fact]
    public async Task A_mark_of_a_topic_made_anew_begins_again()
    {
        await Moves.RaiseAsync(_postgres, _one, Mark("id-1", 30), Mark("id-1", 40) with { Partition = 1 });
        await Moves.RaiseAsync(_postgres, _one, Mark("id-2", 5));

        Assert.Equal(Mark("id-2", 5), await ReadAsync(0));
        Assert.Equal(40, (await ReadAsync(1)).NextOffset);
    }

    private static StreamPosition Mark(string topicId, long offset) => new(Topics.Trades, 0, topicId, offset, null);

    private Task<StreamPosition> AssignAsync(int partition) => _one.AssignAsync(Topics.Trades, partition, "id-1", 0, 100, default);

    private async Task<StreamPosition> ReadAsync(int partition) => (await _one.ReadAsync(Topics.Trades, partition, default))!;

    private async Task IsBlockedAsync()
    {
        // The server itself says that somebody waits for the row.
        const string Waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        var patience = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (await _postgres.ScalarAsync<long>(Waiting) == 0)
        {
            if (DateTime.UtcNow > patience) throw new TimeoutException("nobody waits for the row");
            await Task.Delay(10);
        }
    }
}
