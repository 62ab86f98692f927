using Crypto.Storage.MassTransit;
using Xunit;

namespace Crypto.Storage.Tests.Rider;

public sealed class PartitionProgressTests
{
    [Fact]
    public void In_any_order_the_mark_is_the_first_offset_that_is_missing()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var offsets = Enumerable.Range(10, 60).Select(offset => (long)offset).ToArray();
            random.Shuffle(offsets);
            var progress = new PartitionProgress("topic", 10, TimeProvider.System);
            var stored = new HashSet<long>();
            for (var at = 0; at < offsets.Length;)
            {
                var batch = offsets.Skip(at).Take(random.Next(1, 9)).Order().ToList();
                at += batch.Count;
                stored.UnionWith(batch);
                var expected = 10L;
                while (stored.Contains(expected)) expected++;
                Assert.Equal(expected, progress.NextWith(batch));
                progress.Stored(batch);
                Assert.Equal(expected, progress.Next);
            }
        }
    }

    [Fact]
    public void Offsets_below_the_mark_change_nothing()
    {
        var progress = new PartitionProgress("topic", 10, TimeProvider.System);
        progress.Stored([2, 3, 10, 11]);
        progress.Stored([4, 5]);
        Assert.Equal(12, progress.Next);
    }

    [Fact]
    public void A_hole_is_given_up_only_after_its_time()
    {
        var clock = new StepClock();
        var progress = new PartitionProgress("topic", 0, clock);
        progress.Stored([0, 1, 5, 6]);
        Assert.False(progress.SkipHole(TimeSpan.FromMinutes(1)));
        clock.Passed = TimeSpan.FromSeconds(61);
        Assert.True(progress.SkipHole(TimeSpan.FromMinutes(1)));
        Assert.Equal(7, progress.Next);
        Assert.False(progress.SkipHole(TimeSpan.FromMinutes(1)));
    }

    private sealed class StepClock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long GetTimestamp() => 1 + Passed.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
