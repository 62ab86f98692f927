using System.Globalization;
using Crypto.Standalone.Commands;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Standalone.Tests.Commands;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7200)]
    [InlineData("7d", 604_800)]
    [InlineData("0.5h", 1800)]
    [InlineData("0s", 0)]
    [InlineData("36500d", 3_153_600_000)]
    public void A_number_with_a_unit_is_a_duration(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("90")]
    [InlineData("2H")]
    [InlineData("-1h")]
    [InlineData("1,5h")]
    [InlineData("1e3s")]
    [InlineData(" 1h")]
    [InlineData("1 h")]
    [InlineData("2w")]
    [InlineData("36501d")]
    [InlineData("NaNs")]
    [InlineData("Infinitys")]
    public void Anything_else_is_none(string text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void Every_whole_number_of_every_unit_is_read_exactly()
    {
        var units = Gen.Elements(('s', 1L), ('m', 60L), ('h', 3600L), ('d', 86_400L));
        var cases = Gen.Choose(0, 36_500).SelectMany(_ => units, (number, unit) => (Number: number, Unit: unit));

        Prop.ForAll(cases.ToArbitrary(), one =>
            Durations.TryParse(one.Number.ToString(CultureInfo.InvariantCulture) + one.Unit.Item1, out var duration)
            && duration.Ticks == one.Number * one.Unit.Item2 * TimeSpan.TicksPerSecond).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_makes_the_reader_throw() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            foreach (var unit in "smhd") _ = Durations.TryParse(text.Get + unit, out _);
        }).QuickCheckThrowOnFailure();
}
