using Crypto.Contracts;

namespace Crypto.Aggregation.Folding;

/// <summary>A trade's numbers as integers with their scales, ready to be summed without rounding.</summary>
/// <remarks>
/// System.Decimal rounds silently past 28 digits, so sums are kept in Int128 at the widest scale seen. A number is taken
/// when its integer fits 63 bits after trailing zeros are cut where they must be, and has at most <see cref="MaxScale"/>
/// decimals: then the product of price and quantity fits 126 bits.
/// </remarks>
public readonly struct ExactTrade
{
    /// <summary>Most decimals that a price or a quantity may have.</summary>
    public const int MaxScale = 14;

    // A candle's sums must fit the 28 digits of a decimal: eight decimals and this value leave room for 100,000 such trades.
    private const decimal MaxValue = 1e15m;

    private ExactTrade(in Trade trade, long price, byte priceScale, long quantity, byte quantityScale)
    {
        FirstId = trade.TradeId;
        LastId = trade.LastTradeId;
        Price = trade.Price;
        PriceInteger = price;
        PriceScale = priceScale;
        QuantityInteger = quantity;
        QuantityScale = quantityScale;
        TakerBought = !trade.IsBuyerMaker;
    }

    public readonly decimal Price;
    public readonly long FirstId;
    public readonly long LastId;
    public readonly long PriceInteger;
    public readonly long QuantityInteger;
    public readonly byte PriceScale;
    public readonly byte QuantityScale;
    public readonly bool TakerBought;

    /// <summary>False where the numbers are too long to be summed exactly.</summary>
    public static bool TryCreate(in Trade trade, out ExactTrade exact)
    {
        exact = default;
        if (!TrySplit(trade.Price, out var price, out var priceScale)) return false;
        if (!TrySplit(trade.Quantity, out var quantity, out var quantityScale)) return false;
        if (trade.Quantity > MaxValue || trade.Price > MaxValue / Math.Max(trade.Quantity, 1m)) return false;
        exact = new ExactTrade(trade, price, priceScale, quantity, quantityScale);
        return true;
    }

    private static bool TrySplit(decimal value, out long integer, out byte scale)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        scale = (byte)(bits[3] >> 16);
        integer = (long)((ulong)(uint)bits[1] << 32 | (uint)bits[0]);
        if (bits[2] == 0 && integer >= 0 && scale <= MaxScale) return bits[3] >= 0;
        return TrySplitLong(value, out integer, out scale);
    }

    // Exchanges pad with zeros: 92000000000.00000000 is an integer of 19 digits that needs only two.
    private static bool TrySplitLong(decimal value, out long integer, out byte scale)
    {
        var digits = ExactSum.IntegerOf(value, out var decimals);
        while (decimals > 0 && digits % 10 == 0)
        {
            digits /= 10;
            decimals--;
        }
        integer = digits <= long.MaxValue ? (long)digits : 0;
        scale = decimals;
        return value > 0 && digits <= long.MaxValue && decimals <= MaxScale;
    }
}
