using Crypto.Aggregation.Folding;
using Crypto.Contracts;

namespace Crypto.Aggregation.Series;

/// <summary>When a candle is closed, final and complete. One place for every caller.</summary>
/// <param name="Ranges">The ids that were folded or are void.</param>
/// <param name="MarketUs">Market time.</param>
/// <param name="LatenessUs">The allowed lateness.</param>
/// <param name="SkipPartialFirst">A first candle that began before the data did is left out.</param>
public readonly record struct CandleRules(IdRanges Ranges, long MarketUs, long LatenessUs, bool SkipPartialFirst)
{
    /// <summary>Sets state and completeness. A final candle stays final.</summary>
    /// <param name="row">The candle.</param>
    /// <param name="awaitsRecomputation">It lacks trades that wait to be stored.</param>
    public void Settle(CandleRow row, bool awaitsRecomputation)
    {
        var closed = MarketUs >= row.EndUs || row.State > CandleState.Live;
        var complete = !awaitsRecomputation && IsComplete(row, closed);
        var state = row.State == CandleState.Final || (closed && IsFinal(row, complete)) ? CandleState.Final
            : closed ? CandleState.Closed
            : CandleState.Live;
        var skipped = SkipPartialFirst && IsPartialFirst(row);
        if (state == row.State && complete == row.Complete && skipped == row.Skipped) return;
        row.State = state;
        row.Complete = complete;
        row.Skipped = skipped;
        row.IsDirty = true;
    }

    /// <summary>
    /// All ids from the one before its first to the one after its last are known. The one after is not asked of a live
    /// candle; a closed one without it might lack its last trades.
    /// </summary>
    public bool IsComplete(CandleRow row, bool closed)
    {
        if (row.AnchorId < 0) return false;
        var before = row.IsFlat ? row.AnchorId : Math.Max(row.Fragment.FirstId - 1, 0);
        return Ranges.Contains(before, closed ? row.AnchorId + 1 : row.AnchorId);
    }

    // The id before its first, if any, was never seen, nor any lower one.
    private bool IsPartialFirst(CandleRow row) =>
        !row.IsFlat && Ranges.Ranges.Count > 0 && row.Fragment.FirstId == Ranges.Ranges[0].First && row.Fragment.FirstId > 0;

    // An incomplete candle is given the allowed lateness from its last change too: it may be in the middle of a repair.
    private bool IsFinal(CandleRow row, bool complete) =>
        MarketUs - LatenessUs >= row.EndUs && (complete || MarketUs - LatenessUs >= row.TouchedUs);
}
