using System.Numerics;
using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Reference;

/// <summary>A candle computed the obvious way: sort by id, group by bucket, sum in BigInteger at sixteen decimals.</summary>
public sealed record NaiveCandle(
    long OpenTimeUs, decimal Open, decimal High, decimal Low, decimal Close, BigInteger Volume, BigInteger Quote,
    long Count, BigInteger TakerVolume, BigInteger TakerQuote, long FirstId, long LastId)
{
    private const int Scale = 16;

    /// <summary>Folds the trades whatever their order; a repeated id counts once.</summary>
    public static IReadOnlyList<NaiveCandle> Fold(IEnumerable<Trade> trades, Interval interval) =>
    [
        .. trades.DistinctBy(t => t.TradeId).OrderBy(t => t.TradeId).GroupBy(t => interval.OpenTimeOf(t.TradeTimeUs))
            .OrderBy(bucket => bucket.Key).Select(bucket => Of(bucket.Key, [.. bucket])),
    ];

    /// <summary>A candle with trades as the reference writes it.</summary>
    public static NaiveCandle Of(Candle c) => new(
        c.OpenTimeUs, c.Open, c.High, c.Low, c.Close, Fixed(c.Volume), Fixed(c.QuoteVolume), c.TradeCount,
        Fixed(c.TakerBuyVolume), Fixed(c.TakerBuyQuoteVolume), c.FirstTradeId!.Value, c.LastTradeId!.Value);

    public static BigInteger Fixed(decimal value)
    {
        var bits = decimal.GetBits(value);
        var digits = new BigInteger((uint)bits[2]) << 64 | new BigInteger((uint)bits[1]) << 32 | (uint)bits[0];
        return digits * BigInteger.Pow(10, Scale - ((bits[3] >> 16) & 0xff));
    }

    private static NaiveCandle Of(long openTimeUs, Trade[] trades)
    {
        var bought = trades.Where(t => !t.IsBuyerMaker).ToArray();
        return new NaiveCandle(
            openTimeUs, trades[0].Price, trades.Max(t => t.Price), trades.Min(t => t.Price), trades[^1].Price,
            Sum(trades, SizeOf), Sum(trades, ValueOf), trades.Sum(t => t.Count), Sum(bought, SizeOf), Sum(bought, ValueOf),
            trades[0].TradeId, trades[^1].LastTradeId);
    }

    private static BigInteger Sum(Trade[] trades, Func<Trade, BigInteger> value) =>
        trades.Aggregate(BigInteger.Zero, (sum, trade) => sum + value(trade));

    private static BigInteger SizeOf(Trade trade) => Fixed(trade.Quantity);

    private static BigInteger ValueOf(Trade trade) =>
        Fixed(trade.Price) * Fixed(trade.Quantity) / BigInteger.Pow(10, Scale);
}
