using Crypto.Contracts;

namespace Crypto.MarketReplay.Clocks;

/// <summary>
/// A clock driven by wall time, at any finite speed. It runs whether or not somebody listens: a client that reconnects
/// finds that it went on.
/// </summary>
internal sealed class TimedClock : ReplayClock
{
    private const long NotStarted = long.MinValue;
    private readonly TimeProvider _time;
    private readonly double _speed;
    private readonly bool _wallTime;
    private readonly StartGate? _gate;
    private readonly Lock _lock = new();
    private readonly HashSet<ClockReader> _readers = [];
    private long _startedAtUs = NotStarted;

    private TimedClock(Timeline timeline, TimeProvider time, double speed, bool wallTime, StartGate? gate) : base(timeline)
    {
        (_time, _speed, _wallTime, _gate) = (time, speed, wallTime, gate);
        gate?.OnStart(Start);
    }

    /// <summary>A clock that has been running since a fixed instant: the exchange is a pure function of wall time.</summary>
    public static TimedClock Since(long instantUs, Timeline timeline, TimeProvider time)
    {
        timeline.ShiftUs = instantUs - timeline.Tape.StartUs;
        return new TimedClock(timeline, time, 1, wallTime: true, null) { _startedAtUs = instantUs };
    }

    /// <summary>A clock that starts with the first subscription.</summary>
    /// <param name="timeline">What is played.</param>
    /// <param name="time">Wall time.</param>
    /// <param name="speed">Tape seconds per second.</param>
    /// <param name="wallTime">Shift the tape to the moment of the start, instead of leaving its times.</param>
    /// <param name="gate">Tells when to start.</param>
    public static TimedClock OnDemand(Timeline timeline, TimeProvider time, double speed, bool wallTime, StartGate gate) =>
        new(timeline, time, speed, wallTime, gate);

    public override long Position
    {
        get
        {
            var started = Volatile.Read(ref _startedAtUs);
            return started == NotStarted ? 0 : Timeline.PositionAt(TapeUs(started));
        }
    }

    public override ReplayState State =>
        Volatile.Read(ref _startedAtUs) == NotStarted ? ReplayState.Waiting
        : Position >= Timeline.EndPosition ? ReplayState.Ended
        : ReplayState.Running;

    public override long MarketTimeUs => _wallTime ? UnixTime.NowMicroseconds(_time) : Timeline.NewestEventUs(Position);

    public override void Subscribed(IReadOnlyCollection<int> symbols) => _gate?.Subscribed(symbols);

    public override void Join(ClockReader reader)
    {
        lock (_lock) _readers.Add(reader);
        reader.Cursor = Position;
    }

    public override void Leave(ClockReader reader)
    {
        lock (_lock) _readers.Remove(reader);
    }

    public override long LimitFor(ClockReader reader) => Position;

    public override void HandOver(ClockReader reader, long position)
    {
        // Time alone moves this clock.
    }

    public override TimeSpan? DelayUntil(long position)
    {
        var started = Volatile.Read(ref _startedAtUs);
        if (started == NotStarted || position >= Timeline.EndPosition) return null;
        var us = (Timeline.ReleasedAtUs(position) - TapeUs(started)) / _speed;
        return TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(us / 1000), 1, 60_000));
    }

    public override TimeSpan LagAt(long position)
    {
        var started = Volatile.Read(ref _startedAtUs);
        if (started == NotStarted || position >= Position) return TimeSpan.Zero;
        return TimeSpan.FromMicroseconds((TapeUs(started) - Timeline.ReleasedAtUs(position)) / _speed);
    }

    private long TapeUs(long started)
    {
        var elapsed = UnixTime.NowMicroseconds(_time) - started;
        return _speed == 1 ? elapsed : (long)(elapsed * _speed);
    }

    private void Start()
    {
        // Whole milliseconds, so that shifted times keep the recording's resolution.
        var now = UnixTime.NowMicroseconds(_time) / 1000 * 1000;
        if (_wallTime) Timeline.ShiftUs = now - Timeline.Tape.StartUs;
        Volatile.Write(ref _startedAtUs, now);
        lock (_lock)
            foreach (var reader in _readers) reader.Signal();
    }
}
