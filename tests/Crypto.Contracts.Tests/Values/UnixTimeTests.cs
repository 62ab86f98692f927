using Crypto.Contracts.Tests.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Values;

public sealed class UnixTimeTests
{
    // 9999-12-31T23:59:59.999999Z, the last microsecond that a DateTime has.
    private const long LastUs = 253_402_300_799_999_999;

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000Z")]
    [InlineData(1, "1970-01-01T00:00:00.000001Z")]
    [InlineData(1_723_161_601_437_000, "2024-08-09T00:00:01.437000Z")]
    [InlineData(951_782_400_000_000, "2000-02-29T00:00:00.000000Z")]
    [InlineData(LastUs, "9999-12-31T23:59:59.999999Z")]
    [InlineData(-1_000_000, "1969-12-31T23:59:59.000000Z")]
    public void A_time_is_written_as_RFC_3339_with_every_microsecond(long microseconds, string text) =>
        Assert.Equal(text, UnixTime.ToRfc3339(microseconds));

    [Fact]
    public void What_is_written_is_read_back_to_the_microsecond() =>
        Prop.ForAll(Anything.Long.Select(us => us % (LastUs + 1)).ToArbitrary(), us =>
        {
            Assert.Equal(us, UnixTime.ToMicroseconds(UnixTime.ToDateTime(us)));
            Assert.Equal(us, UnixTime.ToMicroseconds(DateTimeOffset.Parse(UnixTime.ToRfc3339(us), provider: null)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_time_of_any_zone_is_the_same_moment()
    {
        var there = new DateTimeOffset(2024, 8, 9, 2, 0, 0, TimeSpan.FromHours(2));

        Assert.Equal(UnixTime.ToMicroseconds(new DateTimeOffset(2024, 8, 9, 0, 0, 0, TimeSpan.Zero)), UnixTime.ToMicroseconds(there));
    }

    [Fact]
    public void The_store_gets_times_that_are_marked_as_UTC() => Assert.Equal(DateTimeKind.Utc, UnixTime.ToDateTime(1).Kind);

    [Fact]
    public void Ticks_below_a_microsecond_are_dropped() =>
        Assert.Equal(5, UnixTime.ToMicroseconds(DateTimeOffset.UnixEpoch.AddTicks(59)));
}
