namespace Crypto.Contracts;

/// <summary>Checks decimals without converting them, so that their digits can be passed on as they came.</summary>
public static class DecimalText
{
    // 28 digits always fit a System.Decimal; the exchange sends at most 18.
    private const int DigitsMax = 28;

    /// <summary>True for plain digits with at most one point between digits, no sign, no exponent, and not zero.</summary>
    public static bool IsPositive(ReadOnlySpan<byte> text) => IsDecimal(text, out var isZero) && !isZero;

    /// <summary>True for <c>0</c>, <c>0.000</c> and the like.</summary>
    public static bool IsZero(ReadOnlySpan<byte> text) => IsDecimal(text, out var isZero) && isZero;

    private static bool IsDecimal(ReadOnlySpan<byte> text, out bool isZero)
    {
        isZero = true;
        if (text.Length is 0 or > DigitsMax + 1) return false;
        var point = -1;
        byte nonZero = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var digit = (byte)(text[i] - '0');
            if (digit <= 9)
            {
                nonZero |= digit;
                continue;
            }
            if (text[i] != '.' || point >= 0) return false;
            point = i;
        }
        isZero = nonZero == 0;
        var digits = point < 0 ? text.Length : text.Length - 1;
        var leadingZero = text[0] == '0' && text.Length > 1 && point != 1;
        return digits is > 0 and <= DigitsMax && point != 0 && point != text.Length - 1 && !leadingZero;
    }
}
