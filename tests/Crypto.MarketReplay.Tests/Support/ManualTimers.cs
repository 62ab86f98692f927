namespace Crypto.MarketReplay.Tests.Support;

/// <summary>Time that stands until a test moves it; timers fire when it passes their due time.</summary>
internal sealed class ManualTimers : TimeProvider
{
    private readonly List<Timer> _timers = [];

    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(() => callback(state), Now + dueTime);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        Now += by;
        foreach (var timer in _timers.ToList()) timer.FireIfDue(Now);
    }

    private sealed class Timer(Action fire, TimeSpan due) : ITimer
    {
        private bool _done;

        public void FireIfDue(TimeSpan now)
        {
            if (_done || now < due) return;
            _done = true;
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => _done = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
