using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("1", true)]
    [InlineData("0.1", true)]
    [InlineData("10.00", true)]
    [InlineData("0", false)]
    [InlineData("0.0", false)]
    [InlineData("00.1", false)]
    [InlineData("01", false)]
    [InlineData(".1", false)]
    [InlineData("1.", false)]
    [InlineData("1.2.3", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData("1e2", false)]
    [InlineData(" 1", false)]
    [InlineData("", false)]
    [InlineData("1234567890123456789012345678", true)]
    [InlineData("12345678901234567890123456789", false)]
    public void Only_plain_positive_decimals_pass(string text, bool expected) =>
        Assert.Equal(expected, DecimalText.IsPositive(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Every_positive_decimal_of_up_to_28_digits_passes()
    {
        var decimals = Gen.Choose(0, int.MaxValue).Two().SelectMany(
            parts => Gen.Choose(0, 18), (parts, scale) => new decimal(parts.Item1, parts.Item2, 0, false, (byte)scale));

        Prop.ForAll(decimals.ToArbitrary(), value =>
        {
            var text = Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture));
            return DecimalText.IsPositive(text) == (value > 0) && DecimalText.IsZero(text) == (value == 0);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_passes_is_read_back_without_loss()
    {
        var characters = Gen.Elements("0123456789.".ToCharArray()).ArrayOf();

        Prop.ForAll(characters.ToArbitrary(), array =>
        {
            var text = new string(array);
            if (!DecimalText.IsPositive(Encoding.UTF8.GetBytes(text))) return true;
            return decimal.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) == text;
        }).QuickCheckThrowOnFailure();
    }
}
