using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Wire;

/// <summary>Generators of everything that the contracts allow.</summary>
internal static class Anything
{
    public static readonly Gen<Instrument> Instrument =
        from venue in Gen.Elements(Venues.Binance, Venues.BinanceUsdm)
        from symbol in Gen.Elements("BTCUSDT", "1000PEPEUSDT", "BTCUSDT_260327", "A", new string('Z', 32))
        select new Instrument(venue, symbol);

    /// <summary>From zero to the greatest id; small ones, large ones and the ends.</summary>
    public static readonly Gen<long> Long = Gen.OneOf(
        Gen.Elements(0L, 1L, (1L << 53) + 1, long.MaxValue),
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select ((long)high << 31) | (uint)low);

    /// <summary>Up to 28 digits with up to 18 of them behind the point, trailing zeros included; may be zero.</summary>
    public static readonly Gen<decimal> Decimal =
        from low in Gen.Choose(0, int.MaxValue)
        from middle in Gen.Choose(0, int.MaxValue)
        from high in Gen.Choose(0, 1 << 28)
        from size in Gen.Choose(0, 2)
        from scale in Gen.Choose(0, 18)
        select new decimal(low, size > 0 ? middle : 0, size > 1 ? high : 0, false, (byte)scale);

    public static readonly Gen<decimal> Positive = Decimal.Where(value => value > 0);

    /// <summary>A price or a quantity of a size that is traded, so that products and quotients of two stay within a decimal.</summary>
    public static readonly Gen<decimal> Traded =
        from digits in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, int.MaxValue))
        from scale in Gen.Choose(0, 8)
        select new decimal(digits, 0, 0, false, (byte)scale);

    public static readonly Gen<bool> Bool = Gen.Elements(true, false);

    public static readonly Gen<Trade> Trade =
        from instrument in Instrument
        from id in Long
        from more in Gen.Choose(0, 500)
        from price in Positive
        from quantity in Positive
        from tradeTime in Long
        from eventTime in Long
        from receivedTime in Long
        from isBuyerMaker in Bool
        from origin in Gen.Elements(Enum.GetValues<TradeOrigin>())
        select new Trade(
            instrument, id, id > long.MaxValue - more ? id : id + more, price, quantity, tradeTime, eventTime, receivedTime, isBuyerMaker, origin);

    public static readonly Gen<Candle> Candle =
        from instrument in Instrument
        from interval in Gen.Elements(Interval.All.ToArray())
        from bucket in Gen.Choose(0, 40_000)
        from prices in Traded.Where(price => price > 0).ListOf(4)
        from volume in Traded
        from takerVolume in Traded
        from count in Long
        from ids in Gen.OneOf(Gen.Constant<(long?, long?)>((null, null)), Long.Two().Select(two => ((long?)two.Item1, (long?)two.Item2)))
        from state in Gen.Elements(Enum.GetValues<CandleState>())
        from revision in Gen.Choose(0, int.MaxValue)
        from version in Long
        from complete in Bool
        select new Candle(
            instrument, interval, bucket * interval.LengthUs, prices[0], prices[1], prices[2], prices[3], volume, volume * prices[0], count,
            takerVolume, takerVolume * prices[1], ids.Item1, ids.Item2, state, revision, version, complete);

    public static readonly Gen<CoverageEvent> Coverage =
        from instrument in Instrument
        from kind in Gen.Elements(Enum.GetValues<CoverageKind>())
        from ends in Long.Two()
        from reason in Gen.Elements("reconnect", "zero price", "", "a \"quoted\"\nreason", "Grund: läuft nicht")
        from time in Long
        select new CoverageEvent(instrument, kind, Math.Min(ends.Item1, ends.Item2), Math.Max(ends.Item1, ends.Item2), reason, time);
}
