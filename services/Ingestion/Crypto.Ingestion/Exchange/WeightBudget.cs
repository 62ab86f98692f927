namespace Crypto.Ingestion.Exchange;

/// <summary>
/// Keeps the request weight of each minute within a budget: our own count, corrected by what the exchange says it counted.
/// After a 429 or a ban nothing is sent before the exchange's time is over. Safe for many threads.
/// </summary>
public sealed class WeightBudget(int perMinute, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _minute;
    private int _used;
    private DateTimeOffset _blockedUntil;

    /// <summary>Weight used in the present minute.</summary>
    public int Used
    {
        get
        {
            lock (_gate) return Minute() == _minute ? _used : 0;
        }
    }

    /// <summary>Waits until the weight fits, and takes it.</summary>
    public async Task TakeAsync(int weight, CancellationToken cancellation)
    {
        while (TryTake(weight) is { } pause) await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
    }

    /// <summary>The exchange says that so much was used in the present minute (<c>X-MBX-USED-WEIGHT-1M</c>).</summary>
    public void Correct(int used)
    {
        lock (_gate)
        {
            Turn();
            _used = Math.Max(_used, used);
        }
    }

    /// <summary>The exchange asks for silence.</summary>
    public void Block(TimeSpan time)
    {
        lock (_gate)
        {
            var until = clock.GetUtcNow() + time;
            if (until > _blockedUntil) _blockedUntil = until;
        }
    }

    // Null when taken, else how long to wait.
    private TimeSpan? TryTake(int weight)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (now < _blockedUntil) return _blockedUntil - now;
            Turn();
            // A single request that is heavier than the budget must pass some time.
            if (_used > 0 && _used + weight > perMinute)
                return TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerMinute);
            _used += weight;
            return null;
        }
    }

    private void Turn()
    {
        var minute = Minute();
        if (minute == _minute) return;
        (_minute, _used) = (minute, 0);
    }

    private long Minute() => clock.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
}
