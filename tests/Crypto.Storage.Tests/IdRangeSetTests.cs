using Crypto.Storage.Ledger;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class IdRangeSetTests
{
    [Fact]
    public void Ids_that_follow_one_another_lengthen_a_range()
    {
        var set = new IdRangeSet([new IdRange(1, 3)]);
        Assert.True(set.Add(4));
        Assert.True(set.Add(5));
        Assert.False(set.Add(5));
        Assert.False(set.Add(2));
        Assert.Equal([new IdRange(1, 5)], set.Ranges);
    }

    [Fact]
    public void An_id_that_closes_a_hole_melts_its_neighbours_into_one()
    {
        var set = new IdRangeSet([new IdRange(1, 3), new IdRange(5, 7)]);
        Assert.True(set.Add(4));
        Assert.Equal([new IdRange(1, 7)], set.Ranges);
        var (removed, written) = set.Changes();
        Assert.Equal([5], removed);
        Assert.Equal([new IdRange(1, 7)], written);
    }

    [Fact]
    public void Nothing_is_written_back_where_nothing_changed()
    {
        var set = new IdRangeSet([new IdRange(1, 3), new IdRange(5, 7)]);
        set.Add(2);
        set.Add(new IdRange(5, 6));
        var (removed, written) = set.Changes();
        Assert.Empty(removed);
        Assert.Empty(written);
    }

    [Theory]
    [InlineData(0, 20, "0 4..5 9..20")]
    [InlineData(4, 5, "4..5")]
    [InlineData(2, 4, "4")]
    [InlineData(6, 8, "")]
    [InlineData(1, 9, "4..5 9")]
    public void The_uncovered_parts_of_a_range_are_what_is_not_in_the_set(long first, long last, string expected)
    {
        var set = new IdRangeSet([new IdRange(1, 3), new IdRange(6, 8)]);
        Assert.Equal(expected, string.Join(' ', set.Uncovered(new IdRange(first, last))));
    }

    /// <summary>Random additions against a plain set of ids, which is the model.</summary>
    [Fact]
    public void Whatever_is_added_in_whatever_order_the_set_equals_the_model()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var model = new SortedSet<long>();
            for (var id = 0; id < 60; id++)
                if (random.Next(3) == 0) model.Add(id);
            var set = new IdRangeSet(RangesOf(model));
            var loaded = RangesOf(model);
            for (var step = 0; step < 30; step++)
            {
                var first = random.Next(60);
                if (random.Next(2) == 0)
                {
                    Assert.Equal(model.Add(first), set.Add(first));
                }
                else
                {
                    var range = new IdRange(first, first + random.Next(8));
                    Assert.Equal(Ids(range).Where(id => !model.Contains(id)), set.Uncovered(range).SelectMany(Ids));
                    set.Add(range);
                    model.UnionWith(Ids(range));
                }
                Assert.True(RangesOf(model).SequenceEqual(set.Ranges), $"seed {seed}, step {step}");
            }
            Assert.True(RangesOf(model).SequenceEqual(Applied(loaded, set.Changes())), $"changes of seed {seed}");
        }
    }

    private static IEnumerable<IdRange> Applied(List<IdRange> loaded, (IReadOnlyList<long> Removed, IReadOnlyList<IdRange> Written) changes)
    {
        var rows = loaded.ToDictionary(range => range.First);
        foreach (var first in changes.Removed) rows.Remove(first);
        foreach (var range in changes.Written) rows[range.First] = range;
        return rows.Values.OrderBy(range => range.First);
    }

    private static IEnumerable<long> Ids(IdRange range)
    {
        for (var id = range.First; id <= range.Last; id++) yield return id;
    }

    private static List<IdRange> RangesOf(SortedSet<long> ids)
    {
        var ranges = new List<IdRange>();
        foreach (var id in ids)
        {
            if (ranges.Count > 0 && ranges[^1].Last == id - 1) ranges[^1] = ranges[^1] with { Last = id };
            else ranges.Add(new IdRange(id, id));
        }
        return ranges;
    }
}
