namespace Crypto.Aggregation.Folding;

/// <summary>Arithmetic between exact Int128 integers with a decimal scale and System.Decimal.</summary>
public static class ExactSum
{
    private static readonly Int128 DecimalLimit = Int128.One << 96;

    private static readonly Int128[] Powers = MakePowers();

    /// <summary>Ten to the power of <paramref name="exponent"/>, 0 to 38.</summary>
    public static Int128 PowerOfTen(int exponent) => Powers[exponent];

    /// <summary>The decimal's digits without its point.</summary>
    public static Int128 IntegerOf(decimal value, out byte scale)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        scale = (byte)(bits[3] >> 16);
        var integer = (Int128)new UInt128((uint)bits[2], (ulong)(uint)bits[1] << 32 | (uint)bits[0]);
        return bits[3] < 0 ? -integer : integer;
    }

    /// <summary>The same value at a scale that is as wide or wider.</summary>
    /// <exception cref="OverflowException">It needs more than 38 digits.</exception>
    public static Int128 Widen(Int128 integer, int fromScale, int toScale) =>
        fromScale == toScale ? integer : checked(integer * Powers[toScale - fromScale]);

    /// <summary>The integer of <paramref name="value"/> at <paramref name="scale"/>, which must be no narrower than its own.</summary>
    public static Int128 ToInteger(decimal value, int scale) => Widen(IntegerOf(value, out var own), own, scale);

    /// <summary>
    /// The exact decimal. Trailing zeros are cut down to <paramref name="leastScale"/>, and further only where the value
    /// would not fit a decimal otherwise.
    /// </summary>
    /// <exception cref="OverflowException">The value has more digits than a decimal holds.</exception>
    public static decimal ToDecimal(Int128 integer, int scale, int leastScale)
    {
        while (scale > leastScale && integer % 10 == 0)
        {
            integer /= 10;
            scale--;
        }
        while (integer >= DecimalLimit || scale > 28)
        {
            if (scale == 0 || integer % 10 != 0)
                throw new OverflowException("the sum has more digits than System.Decimal holds; it is not rounded");
            integer /= 10;
            scale--;
        }
        var low = (ulong)integer;
        return new decimal((int)low, (int)(low >> 32), (int)(integer >> 64), false, (byte)scale);
    }

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++) powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
