using Crypto.Aggregation.Replaying;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Testing;
using FsCheck;
using FsCheck.Fluent;
using Interval = Crypto.Contracts.Interval;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>
/// Whatever comes in whatever order, singly or aggregated, repeated or late: in the end the tables say what the naive
/// reference says, and the revisions say how it came about.
/// </summary>
public class ConvergenceTests
{
    private const long Hour = 3_600_000_000;
    private const int CasesPerDay = 8;
    private static readonly string[] Names = ["1m", "5m", "15m"];
    private static readonly Interval[] Intervals = [Interval.OneMinute, Interval.FiveMinutes, Interval.FifteenMinutes];
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(TestScale.Count(10_000));

    [Fact]
    public async Task Any_delivery_converges_to_the_naive_reference_with_revisions_that_tell_the_story()
    {
        await using var market = await TestMarket.PreparedAsync(Names);
        var (cases, revisions) = (0, 0);
        Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<PositiveInt>(), (seed, size) => Wait(async () =>
        {
            // Market time never runs back, so each case has hours of its own.
            var startUs = RandomTrades.StartUs + (24 / CasesPerDay * Hour * cases);
            await ForgetAsync(market, dropDays: cases++ % CasesPerDay == 0);
            revisions += await ConvergesAsync(market, Deliveries.Make(seed, 2 + (size.Get % 60), startUs), seed);
        })));
        // There were stories to tell.
        Assert.True(revisions > cases, $"{revisions} revisions in {cases} cases");
    }

    private static async Task<int> ConvergesAsync(TestMarket market, Deliveries deliveries, int seed)
    {
        var random = new Random(seed);
        market.Publish(deliveries.InTime);
        await market.ApplyAsync(1 + random.Next(40));
        market.Time.Note(deliveries.Trades.Max(t => t.TradeTimeUs) + Hour);
        await market.Idle.TickAsync(default);
        var before = await LinesAsync(market, "1m");

        market.Publish(deliveries.Late);
        await market.ApplyAsync(1 + random.Next(40));
        await market.StoreAsync(deliveries.Trades);
        await market.Idle.TickAsync(default);
        foreach (var interval in Intervals) Assert.Equal(NaiveCandle.Fold(deliveries.Trades, interval), await market.NaiveAsync(interval));
        Assert.Equal(0L, await market.Postgres.ScalarAsync<long>("select count(*) from market.candle_recomputations"));
        await KeepsWhatWasSettledAsync(market, before);
        var revisions = 0;
        foreach (var interval in Intervals) revisions += await TellsTheStoryAsync(market, interval);
        return revisions;
    }

    // Numbered without a hole up to the present, each state different from the next, and trades only ever added.
    private static async Task<int> TellsTheStoryAsync(TestMarket market, Interval interval)
    {
        var revisions = (await market.RevisionsAsync(interval)).ToLookup(r => r.OpenTimeUs);
        foreach (var candle in await market.CandlesAsync(interval, withFlat: true))
        {
            List<Candle> states = [.. revisions[candle.OpenTimeUs], candle];
            Assert.Equal(Enumerable.Range(0, states.Count), states.Select(s => s.Revision));
            foreach (var (former, next) in states.Zip(states.Skip(1)))
            {
                Assert.NotEqual(CanonicalCandle.LineOf(former), CanonicalCandle.LineOf(next));
                Assert.True(former.TradeCount <= next.TradeCount);
                Assert.Equal(CandleState.Final, former.State);
            }
        }
        return revisions.Sum(states => states.Count());
    }

    // A candle that was final when the late trades came is now as it was, or among its own revisions.
    private static async Task KeepsWhatWasSettledAsync(TestMarket market, List<string> before)
    {
        var states = (await market.RevisionsAsync(Interval.OneMinute)).Select(CanonicalCandle.LineOf).Concat(await LinesAsync(market, "1m")).ToHashSet();
        Assert.All(before, line => Assert.Contains(line, states));
    }

    private static async Task<List<string>> LinesAsync(TestMarket market, string interval) =>
        [.. (await market.CandlesAsync(Interval.All.Single(i => i.Name == interval), withFlat: true))
            .Where(c => c.State == CandleState.Final).Select(CanonicalCandle.LineOf)];

    private static async Task ForgetAsync(TestMarket market, bool dropDays)
    {
        await market.RevokeAsync();
        await market.Postgres.ExecuteAsync("""
            delete from market.candles; delete from market.candle_revisions; delete from market.candle_recomputations;
            delete from market.aggregated_ranges; delete from market.aggregated_instruments; delete from market.trades;
            delete from market.coverage_ranges;
            """);
        if (dropDays) await market.Postgres.ExecuteAsync("select market.drop_trades_before('9999-01-01')");
    }

    // FsCheck's properties are synchronous.
    private static void Wait(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();
}
