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
    private const int RoundsPerDay = 8;
    private static readonly string[] Names = ["1m", "5m", "15m"];
    private static readonly Interval[] Intervals = [Interval.OneMinute, Interval.FiveMinutes, Interval.FifteenMinutes];

    // A case for each: side by side they share transactions, as instruments do.
    private static readonly Instrument[] Instruments = [.. Enumerable.Range(0, 4).Select(i => new Instrument(Venues.Binance, $"S{i}USDT"))];
    private static readonly Config Rounds = Config.QuickThrowOnFailure.WithMaxTest(TestScale.Count(10_000) / Instruments.Length);

    [Fact]
    public async Task Any_delivery_converges_to_the_naive_reference_with_revisions_that_tell_the_story()
    {
        await using var market = await TestMarket.PreparedAsync(Names);
        var (rounds, revisions) = (0, 0);
        Check.One(Rounds, Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Wait(async () =>
        {
            // Market time never runs back, so each round has hours of its own.
            var startUs = RandomTrades.StartUs + (24 / RoundsPerDay * Hour * rounds);
            await ForgetAsync(market, dropDays: rounds++ % RoundsPerDay == 0);
            var random = new Random(seed);
            var cases = Instruments.ToDictionary(one => one, one => Deliveries.Make(random.Next(), 2 + random.Next(60), startUs, one));
            revisions += await ConvergesAsync(market, cases, random);
        })));
        // There were stories to tell.
        Assert.True(revisions > rounds * Instruments.Length, $"{revisions} revisions in {rounds} rounds");
    }

    private static async Task<int> ConvergesAsync(TestMarket market, Dictionary<Instrument, Deliveries> cases, Random random)
    {
        market.Publish(Mixed(cases.Values.Select(c => c.InTime), random));
        await market.ApplyAsync(1 + random.Next(40 * cases.Count));
        market.Time.Note(cases.Values.SelectMany(c => c.Trades).Max(t => t.TradeTimeUs) + Hour);
        await market.Idle.TickAsync(default);
        var before = await LinesAsync(market);

        market.Publish(Mixed(cases.Values.Select(c => c.Late), random));
        await market.ApplyAsync(1 + random.Next(40 * cases.Count));
        await market.StoreAsync(cases.Values.SelectMany(c => c.Trades));
        await market.Idle.TickAsync(default);
        Assert.Equal(0L, await market.Postgres.ScalarAsync<long>("select count(*) from market.candle_recomputations"));
        var told = 0;
        foreach (var interval in Intervals)
        {
            var candles = (await market.CandlesAsync(interval, withFlat: true)).ToLookup(c => c.Instrument);
            var revisions = (await market.RevisionsAsync(interval)).ToLookup(r => r.Instrument);
            foreach (var (instrument, deliveries) in cases)
            {
                Assert.Equal(NaiveCandle.Fold(deliveries.Trades, interval), candles[instrument].Where(c => c.TradeCount > 0).Select(NaiveCandle.Of));
                if (interval == Interval.OneMinute)
                    KeepsWhatWasSettled(before[instrument], [.. candles[instrument].Where(IsFinal), .. revisions[instrument]]);
                told += TellsTheStory(candles[instrument], revisions[instrument].ToLookup(r => r.OpenTimeUs));
            }
        }
        return told;
    }

    // Each case keeps its own order, as on a partition.
    private static List<Trade> Mixed(IEnumerable<IReadOnlyList<Trade>> deliveries, Random random)
    {
        var left = deliveries.Where(some => some.Count > 0).Select(some => new Queue<Trade>(some)).ToList();
        var mixed = new List<Trade>();
        while (left.Count > 0)
        {
            var next = left[random.Next(left.Count)];
            mixed.Add(next.Dequeue());
            if (next.Count == 0) left.Remove(next);
        }
        return mixed;
    }

    // Numbered without a hole up to the present, each state different from the next, and trades only ever added.
    private static int TellsTheStory(IEnumerable<Candle> candles, ILookup<long, Candle> revisions)
    {
        foreach (var candle in candles)
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
    private static void KeepsWhatWasSettled(IEnumerable<string> before, IEnumerable<Candle> now)
    {
        var states = now.Select(CanonicalCandle.LineOf).ToHashSet();
        Assert.All(before, line => Assert.Contains(line, states));
    }

    private static async Task<ILookup<Instrument, string>> LinesAsync(TestMarket market) =>
        (await market.CandlesAsync(Interval.OneMinute, withFlat: true)).Where(IsFinal).ToLookup(c => c.Instrument, CanonicalCandle.LineOf);

    private static bool IsFinal(Candle candle) => candle.State == CandleState.Final;

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
