using Crypto.Storage.Ledger;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Crypto.Storage.Tests.Ledger;

/// <summary>What the ledger says of trades, aggregates and voids, one after the other.</summary>
public sealed class InstrumentLedgerTests
{
    private const int Ids = 40;

    [Fact]
    public void An_aggregate_is_new_known_or_mixed()
    {
        var ledger = Loaded(9, new IdRange(1, 3), new IdRange(7, 9));

        Assert.Equal(Acceptance.Duplicate, ledger.Accept(Records.Trade(1, lastId: 3)));
        Assert.Equal(Acceptance.Duplicate, ledger.Accept(Records.Trade(8, lastId: 9)));
        Assert.Equal(Acceptance.Mixed, ledger.Accept(Records.Trade(3, lastId: 4)));
        Assert.Equal(Acceptance.Mixed, ledger.Accept(Records.Trade(1, lastId: 9)));
        Assert.Equal("1..3 7..9", string.Join(' ', ledger.Ranges.Ranges));
        Assert.Equal(Acceptance.New, ledger.Accept(Records.Trade(4, lastId: 6)));
        Assert.Equal("1..9", string.Join(' ', ledger.Ranges.Ranges));
    }

    [Fact]
    public void A_void_takes_only_ids_that_are_not_covered_and_keeps_its_reason()
    {
        var ledger = Loaded(4, new IdRange(2, 4));

        ledger.Void(new IdRange(1, 6), "zero price");
        ledger.Void(new IdRange(1, 6), "again");

        Assert.Equal([(new IdRange(1, 1), "zero price"), (new IdRange(5, 6), "zero price")], ledger.Voids);
        Assert.Equal("1..6", string.Join(' ', ledger.Ranges.Ranges));
    }

    [Fact]
    public void The_high_water_rises_with_what_is_added_and_remembers_where_it_stood()
    {
        var ledger = Loaded(100);
        ledger.Accept(Records.Trade(50));
        Assert.Equal((100, 100), (ledger.StoredHighWater, ledger.HighWater));

        ledger.Accept(Records.Trade(101, lastId: 105));
        ledger.Cover(new IdRange(103, 110));
        ledger.Void(new IdRange(120, 121), "zero price");

        Assert.Equal((100, 121), (ledger.StoredHighWater, ledger.HighWater));
    }

    [Fact]
    public void Loading_again_forgets_what_a_failed_attempt_had_added()
    {
        var ledger = Loaded(3, new IdRange(1, 3));
        ledger.Accept(Records.Trade(4));
        ledger.Void(new IdRange(9, 9), "zero price");

        ledger.Load(3, [new IdRange(1, 3)]);

        Assert.Equal(("1..3", 3, 0), (string.Join(' ', ledger.Ranges.Ranges), ledger.HighWater, ledger.Voids.Count));
        Assert.Equal(Acceptance.New, ledger.Accept(Records.Trade(4)));
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_the_ledger_equals_a_set_of_ids()
    {
        var steps =
            from kind in Gen.Choose(0, 3)
            from first in Gen.Choose(0, Ids)
            from more in Gen.Choose(0, 6)
            select (Kind: kind, First: (long)first, Last: (long)first + more);

        Prop.ForAll(steps.ListOf().ToArbitrary(), history =>
        {
            var ledger = Loaded(-1);
            var (covered, voids) = (new SortedSet<long>(), new SortedSet<long>());
            foreach (var (kind, first, last) in history)
            {
                var ids = Range(kind == 0 ? new IdRange(first, first) : new IdRange(first, last)).ToList();
                var known = ids.Count(covered.Contains);
                if (kind == 3)
                {
                    ledger.Void(new IdRange(first, last), "zero price");
                    voids.UnionWith(ids.Where(id => !covered.Contains(id)));
                }
                else
                {
                    var expected = known == ids.Count ? Acceptance.Duplicate : known == 0 ? Acceptance.New : Acceptance.Mixed;
                    Assert.Equal(expected, ledger.Accept(Records.Trade(first, lastId: ids[^1])));
                    if (expected != Acceptance.New) continue;
                }
                covered.UnionWith(ids);
            }
            Assert.Equal(covered, ledger.Ranges.Ranges.SelectMany(Range));
            Assert.Equal(voids, ledger.Voids.SelectMany(one => Range(one.Ids)).Order());
            Assert.Equal(covered.Count == 0 ? -1 : covered.Max, ledger.HighWater);
            Assert.All(ledger.Ranges.Ranges.Zip(ledger.Ranges.Ranges.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
        }).QuickCheckThrowOnFailure();
    }

    private static InstrumentLedger Loaded(long highWater, params IdRange[] ranges)
    {
        var ledger = new InstrumentLedger(1, new IdRange(0, Ids));
        ledger.Load(highWater, ranges);
        return ledger;
    }

    private static IEnumerable<long> Range(IdRange range)
    {
        for (var id = range.First; id <= range.Last; id++) yield return id;
    }
}
