namespace Crypto.MarketReplay;

/// <summary>Writes sums with as many decimals as the exchange gives their parts.</summary>
internal static class QuantityText
{
    /// <param name="buffer">Where to.</param>
    /// <param name="value">The sum.</param>
    /// <param name="like">A part of it as the exchange wrote it, e.g. <c>0.00017000</c>.</param>
    public static void Append(Utf8Buffer buffer, decimal value, ReadOnlySpan<byte> like)
    {
        var point = like.IndexOf((byte)'.');
        Append(buffer, value, point < 0 ? 0 : like.Length - point - 1);
    }

    /// <summary>Appends the value with at least <paramref name="scale"/> decimals, more where it needs them.</summary>
    public static void Append(Utf8Buffer buffer, decimal value, int scale)
    {
        var trimmed = value / 1.0000000000000000000000000000m;
        buffer.Append(trimmed.Scale >= scale ? trimmed : trimmed + new decimal(0, 0, 0, false, (byte)scale));
    }
}
