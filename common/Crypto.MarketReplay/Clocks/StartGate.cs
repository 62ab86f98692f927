namespace Crypto.MarketReplay.Clocks;

/// <summary>
/// Decides when a clock that begins with the first subscription begins: when every symbol of the recording is subscribed
/// to, or a grace period after the first subscription. Without the grace a client that spreads its symbols over several
/// connections would miss the beginning of all but the first.
/// </summary>
internal sealed class StartGate(int symbols, TimeSpan grace, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _subscribed = [];
    private ITimer? _timer;
    private Action? _start;

    /// <summary>Sets what to do at the start; it is called once.</summary>
    public void OnStart(Action start) => _start = start;

    public void Subscribed(IReadOnlyCollection<int> some)
    {
        lock (_lock)
        {
            if (_start is null) return;
            _subscribed.UnionWith(some);
            if (_subscribed.Count >= symbols || grace <= TimeSpan.Zero) Start();
            else _timer ??= time.CreateTimer(_ => StartLocked(), null, grace, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void StartLocked()
    {
        lock (_lock) Start();
    }

    private void Start()
    {
        var start = _start;
        _start = null;
        start?.Invoke();
    }
}
