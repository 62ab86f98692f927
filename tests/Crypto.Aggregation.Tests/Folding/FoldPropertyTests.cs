using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Testing;
using FsCheck;
using FsCheck.Fluent;
using Interval = Crypto.Contracts.Interval;

namespace Crypto.Aggregation.Tests.Folding;

/// <summary>Whatever the order, and however it is split, the fold is what the naive reference says.</summary>
public class FoldPropertyTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(TestScale.Count(10_000));

    [Fact]
    public void Any_order_and_any_repeats_fold_to_the_naive_reference() =>
        Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<PositiveInt>(), (seed, size) =>
        {
            var trades = RandomTrades.Make(seed, 1 + (size.Get % 150));
            var fold = new IntervalFold(Interval.All);
            var known = new IdRanges();
            foreach (var trade in RandomTrades.Disturb(trades, seed + 1)) FoldOnce(fold, known, trade);
            AssertEqualsReference(trades, fold);
        }));

    [Fact]
    public void Fragments_of_parts_merge_to_the_fold_of_the_whole() =>
        Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<PositiveInt>(), (seed, size) =>
        {
            var trades = RandomTrades.Make(seed, 2 + (size.Get % 100));
            var random = new Random(seed);
            var parts = Enumerable.Range(0, 4).Select(_ => new BucketFold(Interval.OneMinute)).ToArray();
            foreach (var trade in trades) parts[random.Next(4)].Add(trade.TradeTimeUs, Exact(trade));
            random.Shuffle(parts);
            var whole = new IntervalFold([Interval.OneMinute]);
            foreach (var part in parts) whole.Merged()[0].AddAll(part);
            AssertEqualsReference(trades, whole);
        }));

    [Fact]
    public void Numbers_of_different_scales_are_summed_exactly()
    {
        var start = RandomTrades.Make(1, 3, aggregates: 0);
        var trades = new List<Trade>
        {
            start[0] with { Price = 0.00000001m, Quantity = 92_000_000_000.00000000m },
            start[1] with { Price = 1.5m, Quantity = 3m },
            start[2] with { Price = 12345.123456789m, Quantity = 0.0000012m },
        };
        var fold = new IntervalFold(Interval.All);
        foreach (var trade in trades) fold.Add(trade.TradeTimeUs, Exact(trade));
        AssertEqualsReference(trades, fold);
    }

    [Fact]
    public void A_trade_whose_product_is_too_long_to_be_exact_is_refused()
    {
        var trade = RandomTrades.Make(1, 1)[0];
        Assert.False(ExactTrade.TryCreate(trade with { Price = 1.0000000000000001m }, out _));
        Assert.False(ExactTrade.TryCreate(trade with { Price = 10_000_000_000m, Quantity = 1_000_000m }, out _));
        Assert.False(ExactTrade.TryCreate(trade with { Quantity = decimal.MaxValue }, out _));
        Assert.True(ExactTrade.TryCreate(trade with { Quantity = 92_000_000_000_000.00000000m, Price = 0.00000001m }, out _));
    }

    [Fact]
    public void A_sum_that_no_decimal_holds_overflows_instead_of_rounding()
    {
        Assert.Throws<OverflowException>(() => ExactSum.ToDecimal(ExactSum.PowerOfTen(30) + 1, 8, 8));
        Assert.Equal(10_000_000_000_000_000_000_000m, ExactSum.ToDecimal(ExactSum.PowerOfTen(30), 8, 8));
    }

    private static void FoldOnce(IntervalFold fold, IdRanges known, Trade trade)
    {
        if (known.Add(trade.TradeId, trade.LastTradeId) == IdOverlap.None) fold.Add(trade.TradeTimeUs, Exact(trade));
    }

    private static ExactTrade Exact(Trade trade)
    {
        Assert.True(ExactTrade.TryCreate(trade, out var exact));
        return exact;
    }

    private static void AssertEqualsReference(IReadOnlyList<Trade> trades, IntervalFold fold)
    {
        foreach (var buckets in fold.Merged())
        {
            var ours = new List<NaiveCandle>();
            foreach (var slot in buckets.Ordered())
            {
                var f = buckets.FragmentOf(slot);
                ours.Add(new NaiveCandle(
                    buckets.OpenTimeOf(slot), f.Open, f.High, f.Low, f.Close, NaiveCandle.Fixed(f.VolumeDecimal),
                    NaiveCandle.Fixed(f.QuoteDecimal), f.Count, NaiveCandle.Fixed(f.TakerVolumeDecimal),
                    NaiveCandle.Fixed(f.TakerQuoteDecimal), f.FirstId, f.LastId));
            }
            Assert.Equal(NaiveCandle.Fold(trades, buckets.Interval), ours);
        }
    }
}
