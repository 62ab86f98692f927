namespace Crypto.MarketReplay.Clocks;

/// <summary>Where a replay stands.</summary>
public enum ReplayState : byte
{
    /// <summary>Nobody has subscribed yet; nothing has passed.</summary>
    Waiting,

    /// <summary>The clock runs.</summary>
    Running,

    /// <summary>The recording has ended; the clock stands still, REST goes on.</summary>
    Ended,
}

/// <summary>
/// The one clock of a recorded exchange: sockets may send, and REST may show, only what it has passed.
/// </summary>
internal abstract class ReplayClock(Timeline timeline)
{
    public Timeline Timeline => timeline;

    /// <summary>How many frames have passed; see <see cref="Clocks.Timeline"/>.</summary>
    public abstract long Position { get; }

    public abstract ReplayState State { get; }

    /// <summary>Market time, microseconds since the Unix epoch.</summary>
    public abstract long MarketTimeUs { get; }

    /// <summary>Tells the clock of the symbols that somebody subscribed to; it may start it.</summary>
    public abstract void Subscribed(IReadOnlyCollection<int> symbols);

    /// <summary>A connection that subscribed to something takes part from now on, at the clock's position.</summary>
    public abstract void Join(ClockReader reader);

    public abstract void Leave(ClockReader reader);

    /// <summary>Up to which position the reader may send now.</summary>
    public abstract long LimitFor(ClockReader reader);

    /// <summary>The reader hands frames up to <paramref name="position"/> to its socket.</summary>
    public abstract void HandOver(ClockReader reader, long position);

    /// <summary>How long until the frame at a position may be sent; null where only a signal can tell.</summary>
    public abstract TimeSpan? DelayUntil(long position);

    /// <summary>How long ago the frame at a position could have been sent; zero where the reader sets the pace.</summary>
    public virtual TimeSpan LagAt(long position) => TimeSpan.Zero;
}

/// <summary>One connection's place on the tape.</summary>
internal sealed class ClockReader
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    /// <summary>The next frame to look at.</summary>
    public long Cursor { get; set; }

    /// <summary>Wakes the reader: the clock moved on, or there is something to send.</summary>
    public void Signal()
    {
        // Already signalled is as good; the race of two signals ends in the exception that says so.
        if (_signal.CurrentCount != 0) return;
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            return;
        }
    }

    /// <summary>Waits for a signal, at most <paramref name="delay"/> (null: without limit).</summary>
    public Task WaitAsync(TimeSpan? delay, CancellationToken cancellationToken) =>
        _signal.WaitAsync(delay ?? Timeout.InfiniteTimeSpan, cancellationToken);
}
