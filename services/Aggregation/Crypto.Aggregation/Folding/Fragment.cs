using System.Runtime.CompilerServices;

namespace Crypto.Aggregation.Folding;

/// <summary>
/// What some trades of one bucket sum up to: a candle, or a part of one. Fragments of different trades merge in any order
/// to the same result, because the open belongs to the lowest id and the close to the highest, and the sums are exact.
/// A mutable struct on purpose: accumulators live in arrays and are folded into in place, without allocation.
/// </summary>
public struct Fragment : IEquatable<Fragment>
{
    // Binance prints at most eight decimals in a kline; more are shown only where a digit needs them.
    private const int ShownQuoteScale = 8;

    public long FirstId;
    public long LastId;

    /// <summary>Number of the exchange's trades; zero in an empty fragment, whose other fields mean nothing.</summary>
    public long Count;

    public decimal Open;
    public decimal High;
    public decimal Low;
    public decimal Close;

    /// <summary>Sums at <see cref="QuantityScale"/>; the quote sums at both scales together.</summary>
    public Int128 Volume;
    public Int128 TakerVolume;
    public Int128 Quote;
    public Int128 TakerQuote;

    /// <summary>The widest scales seen; they decide how the numbers are printed.</summary>
    public byte PriceScale;
    public byte QuantityScale;

    public readonly bool IsEmpty => Count == 0;

    public readonly decimal VolumeDecimal => ExactSum.ToDecimal(Volume, QuantityScale, QuantityScale);

    public readonly decimal TakerVolumeDecimal => ExactSum.ToDecimal(TakerVolume, QuantityScale, QuantityScale);

    public readonly decimal QuoteDecimal => QuoteOf(Quote);

    public readonly decimal TakerQuoteDecimal => QuoteOf(TakerQuote);

    /// <summary>Folds one trade (or an aggregate of several). Its ids must not be in the fragment already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in ExactTrade trade)
    {
        Int128 quantity = trade.QuantityInteger;
        var quote = (Int128)new UInt128(Math.BigMul((ulong)trade.PriceInteger, (ulong)trade.QuantityInteger, out var low), low);
        if (Count == 0) Begin(trade);
        else if (trade.PriceScale != PriceScale || trade.QuantityScale != QuantityScale) Align(trade, ref quantity, ref quote);
        checked
        {
            Volume += quantity;
            Quote += quote;
            if (trade.TakerBought)
            {
                TakerVolume += quantity;
                TakerQuote += quote;
            }
            Count += trade.LastId - trade.FirstId + 1;
        }
        if (trade.Price > High) High = trade.Price;
        if (trade.Price < Low) Low = trade.Price;
        if (trade.LastId > LastId)
        {
            LastId = trade.LastId;
            Close = trade.Price;
        }
        if (trade.FirstId < FirstId)
        {
            FirstId = trade.FirstId;
            Open = trade.Price;
        }
    }

    /// <summary>Adds another fragment of other trades.</summary>
    public void Merge(in Fragment other)
    {
        if (other.IsEmpty) return;
        if (IsEmpty)
        {
            this = other;
            return;
        }
        var added = other;
        var priceScale = Math.Max(PriceScale, other.PriceScale);
        var quantityScale = Math.Max(QuantityScale, other.QuantityScale);
        Widen(priceScale, quantityScale);
        added.Widen(priceScale, quantityScale);
        checked
        {
            Volume += added.Volume;
            TakerVolume += added.TakerVolume;
            Quote += added.Quote;
            TakerQuote += added.TakerQuote;
            Count += added.Count;
        }
        if (added.High > High) High = added.High;
        if (added.Low < Low) Low = added.Low;
        if (added.LastId > LastId)
        {
            LastId = added.LastId;
            Close = added.Close;
        }
        if (added.FirstId < FirstId)
        {
            FirstId = added.FirstId;
            Open = added.Open;
        }
    }

    /// <summary>The price with the fragment's scale: 61839.9 among prices of two decimals is 61839.90.</summary>
    public readonly decimal Shown(decimal price) => price + new decimal(0, 0, 0, false, PriceScale);

    /// <summary>The same trades summed to the same values; how many zeros the numbers were padded with does not matter.</summary>
    public readonly bool Equals(Fragment other) =>
        Count == other.Count
        && (Count == 0
            || (FirstId == other.FirstId && LastId == other.LastId
                && Open == other.Open && High == other.High && Low == other.Low && Close == other.Close
                && VolumeDecimal == other.VolumeDecimal && TakerVolumeDecimal == other.TakerVolumeDecimal
                && QuoteDecimal == other.QuoteDecimal && TakerQuoteDecimal == other.TakerQuoteDecimal));

    public readonly override bool Equals(object? obj) => obj is Fragment other && Equals(other);

    public readonly override int GetHashCode() => HashCode.Combine(FirstId, LastId, Count);

    private void Begin(in ExactTrade trade)
    {
        this = default;
        FirstId = trade.FirstId;
        LastId = trade.LastId;
        Open = High = Low = Close = trade.Price;
        PriceScale = trade.PriceScale;
        QuantityScale = trade.QuantityScale;
    }

    private void Align(in ExactTrade trade, ref Int128 quantity, ref Int128 quote)
    {
        Widen(Math.Max(PriceScale, trade.PriceScale), Math.Max(QuantityScale, trade.QuantityScale));
        quantity = ExactSum.Widen(quantity, trade.QuantityScale, QuantityScale);
        quote = ExactSum.Widen(quote, trade.PriceScale + trade.QuantityScale, PriceScale + QuantityScale);
    }

    private void Widen(byte priceScale, byte quantityScale)
    {
        if (priceScale == PriceScale && quantityScale == QuantityScale) return;
        var (from, to) = (PriceScale + QuantityScale, priceScale + quantityScale);
        Volume = ExactSum.Widen(Volume, QuantityScale, quantityScale);
        TakerVolume = ExactSum.Widen(TakerVolume, QuantityScale, quantityScale);
        Quote = ExactSum.Widen(Quote, from, to);
        TakerQuote = ExactSum.Widen(TakerQuote, from, to);
        PriceScale = priceScale;
        QuantityScale = quantityScale;
    }

    private readonly decimal QuoteOf(Int128 sum)
    {
        var scale = PriceScale + QuantityScale;
        return ExactSum.ToDecimal(sum, scale, Math.Min(scale, ShownQuoteScale));
    }
}
