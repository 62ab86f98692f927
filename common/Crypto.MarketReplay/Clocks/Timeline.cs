using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Clocks;

/// <summary>
/// Maps a tape, played once or in a loop, to market time and ids. A position counts frames from the beginning of turn 0:
/// position = turn x frames + index; a frame has passed when its position is below the clock's.
/// </summary>
/// <param name="tape">The tape.</param>
/// <param name="loop">Whether turn follows turn without end.</param>
internal sealed class Timeline(Tape tape, bool loop)
{
    // Written once, when a clock that starts on demand starts.
    private long _shiftUs;

    public Tape Tape => tape;

    public bool Loop => loop;

    /// <summary>What is added to the times of turn 0, microseconds: 0 with the original clock.</summary>
    public long ShiftUs
    {
        get => Volatile.Read(ref _shiftUs);
        set => Volatile.Write(ref _shiftUs, value);
    }

    /// <summary>The position beyond the last frame.</summary>
    public long EndPosition => loop ? long.MaxValue : tape.Count;

    /// <summary>How many frames have passed at a tape time (microseconds since the beginning of turn 0).</summary>
    public long PositionAt(long tapeUs)
    {
        if (tapeUs < 0) return 0;
        if (!loop) return tape.CountReleased(tapeUs);
        var (turn, offset) = Math.DivRem(tapeUs, tape.LengthUs);
        return turn * tape.Count + tape.CountReleased(offset);
    }

    /// <summary>Turn and index of a position.</summary>
    public (long Turn, int Index) Split(long position)
    {
        var (turn, index) = Math.DivRem(position, tape.Count);
        return (turn, (int)index);
    }

    /// <summary>When the frame at a position is released: microseconds since the beginning of turn 0.</summary>
    public long ReleasedAtUs(long position)
    {
        var (turn, index) = Split(position);
        return turn * tape.LengthUs + tape[index].OffsetUs;
    }

    /// <summary>What is added to the recorded times in a turn, microseconds.</summary>
    public long TimeShiftUs(long turn) => ShiftUs + turn * tape.LengthUs;

    /// <summary>The newest event time that has passed at a position, microseconds since the Unix epoch.</summary>
    public long NewestEventUs(long position)
    {
        var (turn, index) = Split(position);
        if (index == 0 && turn > 0) return tape.NewestEventUs(tape.Count) + TimeShiftUs(turn - 1);
        return tape.NewestEventUs(index) + TimeShiftUs(turn);
    }
}
