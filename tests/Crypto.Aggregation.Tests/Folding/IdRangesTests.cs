using Crypto.Aggregation.Folding;
using Crypto.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Aggregation.Tests.Folding;

public class IdRangesTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(TestScale.Count(10_000));

    [Fact]
    public void Ranges_behave_like_a_set_of_ids_and_never_touch() =>
        Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<(byte First, byte Length)[]>(), additions =>
        {
            var ranges = new IdRanges();
            var model = new HashSet<long>();
            foreach (var (first, length) in additions)
            {
                var ids = Enumerable.Range(first, 1 + (length % 9)).Select(i => (long)i).ToList();
                var known = ids.Count(model.Contains);
                var expected = known == 0 ? IdOverlap.None : known == ids.Count ? IdOverlap.Whole : IdOverlap.Partial;
                Assert.Equal(known, ranges.CountWithin(ids[0], ids[^1]));
                Assert.Equal(expected, ranges.Add(ids[0], ids[^1]));
                if (expected == IdOverlap.None || ranges.Cover(ids[0], ids[^1])) model.UnionWith(ids);
            }
            var listed = ranges.Ranges.SelectMany(r => Enumerable.Range((int)r.First, (int)(r.Last - r.First + 1))).Select(i => (long)i);
            Assert.Equal(model.Order(), listed);
            Assert.All(ranges.Ranges.Zip(ranges.Ranges.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
        }));

    [Fact]
    public void Writing_only_the_changes_keeps_a_copy_equal() =>
        Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<(byte First, byte Length, bool Commit)[]>(), additions =>
        {
            var ranges = new IdRanges();
            var rows = new Dictionary<long, long>();
            foreach (var (first, length, commit) in additions)
            {
                ranges.Cover(first, first + (length % 20));
                if (commit) Write(ranges, rows);
            }
            Write(ranges, rows);
            Assert.Equal(ranges.Ranges, rows.OrderBy(r => r.Key).Select(r => (r.Key, r.Value)));
        }));

    private static void Write(IdRanges ranges, Dictionary<long, long> rows)
    {
        foreach (var first in ranges.Removed) rows.Remove(first);
        foreach (var (first, last) in ranges.Changed) rows[first] = last;
        ranges.AcceptChanges();
    }
}
