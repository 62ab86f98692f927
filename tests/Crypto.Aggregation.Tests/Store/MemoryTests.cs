using Crypto.Aggregation.Tests.Reference;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>What is held in memory depends on the windows that are open, not on how long the history is.</summary>
public class MemoryTests
{
    private static readonly TimeSpan Lateness = new AggregationOptions().AllowedLateness;

    [Theory]
    [InlineData(2_000)]
    [InlineData(20_000)]
    public async Task Rows_in_memory_are_those_that_may_still_change_however_long_the_history(int count)
    {
        await using var market = await TestMarket.CreateAsync();
        var trades = RandomTrades.Make(71, count, meanStepUs: 8_000_000, aggregates: 0);
        market.Publish(trades);
        await market.ApplyAsync(500);
        AssertBounded(market);

        // A repair far in the past is loaded for its transaction only.
        market.Publish(trades[count / 4] with { TradeId = trades[0].TradeId - 1, LastTradeId = trades[0].TradeId - 1 });
        await market.ApplyAsync();
        AssertBounded(market);

        await using var next = market.Again();
        await next.AssignAsync();
        await next.Idle.TickAsync(default);
        AssertBounded(next);
    }

    private static void AssertBounded(TestMarket market)
    {
        var state = Assert.Single(market.Owned.States);
        Assert.True(state.Batch.IsEmpty);
        foreach (var list in state.Newest)
        {
            // Those within the allowed lateness, the open one, and the settled ones that later ones follow.
            var most = (Lateness.TotalMicroseconds / list.Interval.LengthUs) + 5;
            Assert.True(list.Rows.Count <= most, $"{list.Interval}: {list.Rows.Count} rows, at most {most} expected");
        }
    }
}
