using System.Globalization;
using System.Text;

namespace Crypto.Contracts.Feeds;

/// <summary>
/// Numbers as plain decimal text: no exponent, no float in between, so nothing is rounded and numbers beyond
/// <see cref="decimal"/> stay what they are.
/// </summary>
public static class PlainNumber
{
    private const int LengthMax = 400;
    private const int ExponentMax = 200;

    /// <summary>An optional minus, digits without a superfluous leading zero, optionally a point and digits.</summary>
    public static bool IsValid(string text)
    {
        if (text.Length is 0 or > LengthMax) return false;
        var digits = text.AsSpan(text[0] == '-' ? 1 : 0);
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        return IsDigits(whole) && (whole.Length == 1 || whole[0] != '0') && (point < 0 || IsDigits(fraction));
    }

    /// <summary>The plain form of a JSON number such as <c>1.206e-09</c> or <c>1.58e+37</c>.</summary>
    /// <returns>False where the text is no JSON number or its exponent is beyond 200.</returns>
    public static bool TryFromJson(string number, out string plain)
    {
        plain = number;
        var e = number.AsSpan().IndexOfAny('e', 'E');
        if (e < 0) return IsValid(number);
        var mantissa = number[..e];
        if (!IsValid(mantissa) || !int.TryParse(number.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent))
            return false;
        if (Math.Abs(exponent) > ExponentMax) return false;
        plain = Shift(mantissa, exponent);
        return true;
    }

    private static string Shift(string mantissa, int exponent)
    {
        var sign = mantissa[0] == '-' ? "-" : "";
        var unsigned = mantissa.AsSpan(sign.Length);
        var point = unsigned.IndexOf('.');
        var digits = new StringBuilder().Append(point < 0 ? unsigned : unsigned[..point]);
        var places = (point < 0 ? digits.Length : point) + exponent;
        if (point >= 0) digits.Append(unsigned[(point + 1)..]);
        if (places <= 0)
        {
            digits.Insert(0, "0", 1 - places);
            places = 1;
        }
        if (places > digits.Length) digits.Append('0', places - digits.Length);
        var whole = digits.ToString(0, places).TrimStart('0');
        var fraction = digits.ToString(places, digits.Length - places).TrimEnd('0');
        return $"{sign}{(whole.Length == 0 ? "0" : whole)}{(fraction.Length == 0 ? "" : "." + fraction)}";
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
}
