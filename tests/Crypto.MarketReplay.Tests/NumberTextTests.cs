using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.MarketReplay.Tests;

/// <summary>Numbers are written as the exchange writes them: every digit, the decimals of their parts, no exponent.</summary>
public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0, false, "0.00000000")]
    [InlineData(0, true, "0")]
    [InlineData(1, false, "0.00000001")]
    [InlineData(1, true, "0.00000001")]
    [InlineData(150_000_000, false, "1.50000000")]
    [InlineData(150_000_000, true, "1.5")]
    [InlineData(10_000_000_000, true, "100")]
    [InlineData(long.MaxValue, false, "92233720368.54775807")]
    public void Hundred_millionths_are_written_with_all_decimals_or_without_trailing_zeros(long value, bool trim, string text)
    {
        var buffer = new Utf8Buffer();
        buffer.AppendE8(value, trim);

        Assert.Equal(text, Text(buffer));
    }

    [Fact]
    public void Every_number_of_hundred_millionths_has_its_value() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Two().Select(two => ((long)two.Item1 << 20) + two.Item2).ToArbitrary(), value =>
        {
            foreach (var trim in (bool[])[false, true])
            {
                var buffer = new Utf8Buffer(1);
                buffer.AppendE8(value, trim);
                Assert.Equal(value / 100_000_000m, decimal.Parse(Text(buffer), CultureInfo.InvariantCulture));
                Assert.False(trim && Text(buffer).Contains('.', StringComparison.Ordinal) && Text(buffer).EndsWith('0'));
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1.5", "0.00017000", "1.50000000")]
    [InlineData("1.500000000000", "0.001", "1.500")]
    [InlineData("1.23456", "0.001", "1.23456")]
    [InlineData("12", "1", "12")]
    [InlineData("0", "0.10", "0.00")]
    public void A_sum_has_as_many_decimals_as_its_parts_or_as_many_as_it_needs(string sum, string part, string text)
    {
        var buffer = new Utf8Buffer();
        QuantityText.Append(buffer, decimal.Parse(sum, CultureInfo.InvariantCulture), Encoding.ASCII.GetBytes(part));

        Assert.Equal(text, Text(buffer));
    }

    [Fact]
    public void A_buffer_grows_keeps_what_it_had_and_can_be_opened_in_the_middle()
    {
        var buffer = new Utf8Buffer(2);
        buffer.AppendAscii("hello ");
        buffer.Append(long.MinValue);
        var start = buffer.Length;
        buffer.Append(79228162514264337593543950335m);
        "<<"u8.CopyTo(buffer.OpenGap(start, 2));
        buffer.Append((byte)'!');

        Assert.Equal("hello -9223372036854775808<<79228162514264337593543950335!", Text(buffer));
        buffer.Truncate(5);
        Assert.Equal("hello", Text(buffer));
    }

    private static string Text(Utf8Buffer buffer) => Encoding.UTF8.GetString(buffer.WrittenSpan);
}
