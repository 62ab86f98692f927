using System.Globalization;
using System.Numerics;
using Crypto.Contracts.Feeds;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Values;

/// <summary>Numbers of the slow feeds keep every digit, however the source wrote them.</summary>
public sealed class PlainNumberTests
{
    [Theory]
    [InlineData("1.206e-09", "0.000000001206")]
    [InlineData("1.58e+37", "15800000000000000000000000000000000000")]
    [InlineData("1E3", "1000")]
    [InlineData("12.5e1", "125")]
    [InlineData("12.5e0", "12.5")]
    [InlineData("-1.5e-1", "-0.15")]
    [InlineData("0e5", "0")]
    [InlineData("0.000", "0.000")]
    [InlineData("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789")]
    public void An_exponent_is_written_out(string json, string plain)
    {
        Assert.True(PlainNumber.TryFromJson(json, out var result));
        Assert.Equal(plain, result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("1e5.5")]
    [InlineData("e5")]
    [InlineData("1e201")]
    [InlineData("1e-201")]
    [InlineData("NaN")]
    [InlineData("0x10")]
    [InlineData("1 ")]
    public void What_is_no_number_is_refused(string text) => Assert.False(PlainNumber.TryFromJson(text, out _));

    [Fact]
    public void The_plain_form_has_the_value_of_the_scientific_one()
    {
        var cases =
            from mantissa in Gen.Choose(-1_000_000_000, 1_000_000_000)
            from scale in Gen.Choose(0, 9)
            from exponent in Gen.Choose(-200, 200)
            select (Mantissa: new decimal(Math.Abs(mantissa), 0, 0, mantissa < 0, (byte)scale).ToString(CultureInfo.InvariantCulture), Exponent: exponent);

        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            Assert.True(PlainNumber.TryFromJson($"{one.Mantissa}e{one.Exponent}", out var plain), $"{one}");
            Assert.True(PlainNumber.IsValid(plain), plain);
            Assert.Equal(Scaled(one.Mantissa, one.Exponent), Scaled(plain, 0));
        }).QuickCheckThrowOnFailure();
    }

    // The number times 10^300, which makes it whole.
    private static BigInteger Scaled(string number, int exponent)
    {
        var point = number.IndexOf('.');
        var decimals = point < 0 ? 0 : number.Length - point - 1;
        return BigInteger.Parse(number.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
            * BigInteger.Pow(10, 300 - decimals + exponent);
    }
}
