using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("0.0740000000", "0.074")]
    [InlineData("61807.70", "61807.7")]
    [InlineData("100.000", "100")]
    [InlineData("100", "100")]
    [InlineData("0.00", "0")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    public void Zeros_behind_the_digits_that_count_are_not_written(string value, string expected) =>
        Assert.Equal(expected, PlainText.Of(decimal.Parse(value, CultureInfo.InvariantCulture)));

    [Fact]
    public void The_value_stays_the_same() => Prop.ForAll(ArbMap.Default.ArbFor<decimal>(), value =>
    {
        var text = PlainText.Of(value);
        return decimal.Parse(text, CultureInfo.InvariantCulture) == value && !(text.Contains('.') && text.EndsWith('0'));
    }).QuickCheckThrowOnFailure();
}
