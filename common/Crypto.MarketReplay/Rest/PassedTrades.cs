using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Rest;

/// <summary>A trade as REST knows it.</summary>
/// <param name="Id">Trade id, moved to its turn.</param>
/// <param name="TimeUs">Trade time in microseconds, moved to its turn.</param>
/// <param name="Rank">Its place in the <see cref="SymbolTape"/>.</param>
internal readonly record struct PassedTrade(long Id, long TimeUs, int Rank);

/// <summary>
/// What of one symbol the clock has passed, at one position: sequence number = turn x count + rank, for trades and for
/// aggregates alike.
/// </summary>
internal sealed class PassedTrades(Timeline timeline, SymbolTape symbol, long position)
{
    public SymbolTape Symbol => symbol;

    /// <summary>One more than the greatest sequence number that may have passed.</summary>
    public long End { get; } = FindEnd(timeline, symbol.EarliestFrameFrom, position);

    public long AggregateEnd { get; } = FindEnd(timeline, symbol.EarliestAggregateFrom, position);

    public bool TryGet(long sequence, out PassedTrade trade)
    {
        var (turn, rank) = Split(sequence, symbol.Count);
        trade = new PassedTrade(symbol.Ids[rank] + turn * symbol.Stride, symbol.TimeUs[rank] + timeline.TimeShiftUs(turn), rank);
        return symbol.OnBook[rank] && HasPassed(turn, symbol.FrameOf[rank]);
    }

    public bool TryGetAggregate(long sequence, out long turn, out AggregateTrade aggregate)
    {
        (turn, var index) = Split(sequence, symbol.Aggregates.Length);
        aggregate = symbol.Aggregates[index];
        return HasPassed(turn, aggregate.ReleasedBy);
    }

    /// <summary>The first sequence number whose trade has at least this id.</summary>
    public long SequenceOf(long id)
    {
        if (id <= symbol.Ids[0]) return 0;
        var (turn, offset) = Math.DivRem(id - symbol.Ids[0], symbol.Stride);
        var rank = Array.BinarySearch(symbol.Ids, symbol.Ids[0] + offset);
        return turn * symbol.Count + (rank >= 0 ? rank : ~rank);
    }

    /// <summary>The first sequence number of the first turn that may have trades at or after a time.</summary>
    public long TurnStartAt(long timeUs) => Math.Max(0, TurnAt(timeUs)) * symbol.Count;

    /// <summary>The same for aggregates.</summary>
    public long AggregateTurnStartAt(long timeUs) => Math.Max(0, TurnAt(timeUs)) * symbol.Aggregates.Length;

    /// <summary>True where no trade of the sequence number's turn, nor of a later one, is at or before the time.</summary>
    public bool TurnIsAfter(long sequence, int perTurn, long timeUs) =>
        timeline.TimeShiftUs(sequence / perTurn) + symbol.TimeRangeUs.First > timeUs;

    /// <summary>True where the turn that begins with the sequence number has passed and lies in the time range, both to its last trade.</summary>
    public bool HasWholeTurn(long sequence, long fromUs, long toUs)
    {
        var turn = sequence / symbol.Count;
        var shiftUs = timeline.TimeShiftUs(turn);
        return HasPassed(turn, timeline.Tape.Count - 1) && shiftUs + symbol.TimeRangeUs.First >= fromUs && shiftUs + symbol.TimeRangeUs.Last <= toUs;
    }

    // The first turn that ends at or after the time.
    private long TurnAt(long timeUs)
    {
        if (!timeline.Loop) return 0;
        var beyond = timeUs - timeline.ShiftUs - symbol.TimeRangeUs.Last;
        return beyond <= 0 ? 0 : (beyond + timeline.Tape.LengthUs - 1) / timeline.Tape.LengthUs;
    }

    private bool HasPassed(long turn, int frame) => turn * timeline.Tape.Count + frame < position;

    private static (long Turn, int Index) Split(long sequence, int perTurn)
    {
        var (turn, index) = Math.DivRem(sequence, perTurn);
        return (turn, (int)index);
    }

    private static long FindEnd(Timeline timeline, int[] earliestFrom, long position)
    {
        if (earliestFrom.Length == 0 || position == 0) return 0;
        var (turn, index) = timeline.Split(Math.Min(position, timeline.EndPosition) - 1);
        int low = 0, high = earliestFrom.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (earliestFrom[middle] <= index) low = middle + 1;
            else high = middle;
        }
        return turn * earliestFrom.Length + low;
    }
}
