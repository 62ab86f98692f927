using Crypto.Contracts.Tests.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Values;

public sealed class IntervalTests
{
    private const long DayUs = 86_400_000_000;

    [Fact]
    public void Every_interval_is_found_by_its_name_and_divides_a_day() =>
        Assert.All(Interval.All, interval =>
        {
            Assert.True(Interval.TryParse(interval.ToString(), out var found));
            Assert.Equal(interval, found);
            Assert.Equal(0, DayUs % interval.LengthUs);
        });

    [Fact]
    public void They_are_listed_from_the_shortest_to_the_longest() =>
        Assert.Equal(Interval.All.OrderBy(interval => interval.LengthUs), Interval.All);

    [Fact]
    public void Each_holds_a_whole_number_of_every_shorter_one() =>
        Assert.All(Interval.All.Zip(Interval.All.Skip(1)), pair => Assert.Equal(0, pair.Second.LengthUs % pair.First.LengthUs));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1M")]
    [InlineData("2m")]
    [InlineData("60s")]
    [InlineData(" 1m")]
    public void Another_name_is_none(string? name) => Assert.False(Interval.TryParse(name, out _));

    [Fact]
    public void Every_time_is_in_the_one_bucket_that_begins_at_its_open_time()
    {
        var cases = Gen.Elements(Interval.All.ToArray()).SelectMany(_ => Anything.Long, (interval, timeUs) => (interval, timeUs));

        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var open = one.interval.OpenTimeOf(one.timeUs);
            return open <= one.timeUs && one.timeUs - open < one.interval.LengthUs
                && open % one.interval.LengthUs == 0 && one.interval.OpenTimeOf(open) == open;
        }).QuickCheckThrowOnFailure();
    }
}
