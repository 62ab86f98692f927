namespace Crypto.MarketReplay.Clocks;

/// <summary>
/// The clock of <c>--speed max</c>: delivery drives it. It is the newest frame handed to a socket, and stands still while
/// nobody is subscribed. Connections stay within a window of each other, so that REST shows no more than a window of
/// frames that a slower subscriber has not been sent yet, and the slowest subscriber sets the pace.
/// </summary>
internal sealed class DeliveryClock : ReplayClock
{
    /// <summary>How many frames a connection may be ahead of the slowest.</summary>
    public const int Window = 4096;

    private readonly Lock _lock = new();
    private readonly List<ClockReader> _readers = [];
    private readonly StartGate _gate;
    private long _position;
    private bool _started;

    public DeliveryClock(Timeline timeline, StartGate gate) : base(timeline)
    {
        _gate = gate;
        gate.OnStart(Start);
    }

    public override long Position => Volatile.Read(ref _position);

    public override ReplayState State =>
        Position >= Timeline.EndPosition ? ReplayState.Ended : Volatile.Read(ref _started) ? ReplayState.Running : ReplayState.Waiting;

    public override long MarketTimeUs => Timeline.NewestEventUs(Position);

    public override void Subscribed(IReadOnlyCollection<int> symbols) => _gate.Subscribed(symbols);

    public override void Join(ClockReader reader)
    {
        lock (_lock)
        {
            reader.Cursor = _position;
            _readers.Add(reader);
        }
    }

    public override void Leave(ClockReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            SignalAll();
        }
    }

    public override long LimitFor(ClockReader reader)
    {
        lock (_lock)
        {
            if (!_started) return 0;
            var slowest = reader.Cursor;
            foreach (var other in _readers) slowest = Math.Min(slowest, other.Cursor);
            return Math.Min(slowest + Window, Timeline.EndPosition);
        }
    }

    /// <summary>Moves the clock before the bytes go out: a client that has a frame finds it over REST too.</summary>
    public override void HandOver(ClockReader reader, long position)
    {
        lock (_lock)
        {
            reader.Cursor = position;
            if (position > _position) Volatile.Write(ref _position, position);
            if (_readers.Count > 1) SignalAll();
        }
    }

    public override TimeSpan? DelayUntil(long position) => null;

    private void Start()
    {
        lock (_lock)
        {
            Volatile.Write(ref _started, true);
            SignalAll();
        }
    }

    private void SignalAll()
    {
        foreach (var reader in _readers) reader.Signal();
    }
}
