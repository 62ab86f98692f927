using Crypto.Aggregation.Folding;
using Crypto.Contracts;

namespace Crypto.Aggregation.Series;

/// <summary>One row of <c>market.candles</c> in memory. What is committed is in the table too; memory is only a cache.</summary>
public sealed class CandleRow(Interval interval, long openTimeUs)
{
    private Fragment _fragment;

    public Interval Interval { get; } = interval;

    public long OpenTimeUs { get; } = openTimeUs;

    public long EndUs => OpenTimeUs + Interval.LengthUs;

    /// <summary>The sums; empty in a flat candle, but for the scales, which print its zeros.</summary>
    public ref readonly Fragment Fragment => ref _fragment;

    public bool IsFlat => _fragment.IsEmpty;

    /// <summary>The price of a flat candle: the close of the newest candle with trades before it.</summary>
    public decimal FlatPrice { get; private set; }

    /// <summary>The last trade id; in a flat candle that of the newest candle with trades before it.</summary>
    public long AnchorId { get; private set; }

    public decimal Close => IsFlat ? FlatPrice : _fragment.Shown(_fragment.Close);

    public CandleState State { get; set; }

    public int Revision { get; set; }

    public long Version { get; set; }

    public long PublishedVersion { get; set; }

    public bool Complete { get; set; }

    /// <summary>It began before the data did, and is neither served nor published.</summary>
    public bool Skipped { get; set; }

    /// <summary>Market time of the last trade that changed it.</summary>
    public long TouchedUs { get; set; }

    /// <summary>It differs from its row in the table.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Adds trades that it has not got.</summary>
    public void Merge(in Fragment trades, long marketUs)
    {
        _fragment.Merge(trades);
        Touch(marketUs);
    }

    /// <summary>Puts other sums in the place of the present ones. False where they are equal.</summary>
    public bool Replace(in Fragment trades, long marketUs)
    {
        if (_fragment.Equals(trades)) return false;
        _fragment = trades;
        Touch(marketUs);
        return true;
    }

    /// <summary>
    /// Takes price and anchor of the candle before it, as a flat candle does, and the decimals that its zeros are written with.
    /// False where it has them.
    /// </summary>
    public bool Follow(CandleRow before)
    {
        var like = before.Fragment;
        if (FlatPrice == before.Close && AnchorId == before.AnchorId
            && _fragment.PriceScale == like.PriceScale && _fragment.QuantityScale == like.QuantityScale) return false;
        FlatPrice = before.Close;
        AnchorId = before.AnchorId;
        _fragment = new Fragment { PriceScale = like.PriceScale, QuantityScale = like.QuantityScale };
        IsDirty = true;
        return true;
    }

    /// <summary>A flat candle that follows <paramref name="before"/>.</summary>
    public static CandleRow Flat(CandleRow before, long openTimeUs)
    {
        var row = new CandleRow(before.Interval, openTimeUs);
        row.Follow(before);
        row.IsDirty = true;
        return row;
    }

    /// <summary>A row as it was read from the table.</summary>
    public static CandleRow Stored(Interval interval, long openTimeUs, in Fragment fragment, decimal close, long anchorId) =>
        new(interval, openTimeUs) { _fragment = fragment, FlatPrice = close, AnchorId = anchorId };

    public Candle ToCandle(Instrument instrument)
    {
        var f = _fragment;
        return new Candle(
            instrument, Interval, OpenTimeUs,
            IsFlat ? FlatPrice : f.Shown(f.Open), IsFlat ? FlatPrice : f.Shown(f.High), IsFlat ? FlatPrice : f.Shown(f.Low), Close,
            f.VolumeDecimal, f.QuoteDecimal, f.Count, f.TakerVolumeDecimal, f.TakerQuoteDecimal,
            IsFlat ? null : f.FirstId, IsFlat ? null : f.LastId, State, Revision, Version, Complete);
    }

    private void Touch(long marketUs)
    {
        AnchorId = _fragment.LastId;
        TouchedUs = Math.Max(marketUs, TouchedUs);
        IsDirty = true;
    }
}
