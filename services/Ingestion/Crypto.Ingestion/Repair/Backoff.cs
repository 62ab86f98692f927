namespace Crypto.Ingestion.Repair;

/// <summary>Pauses that double from <paramref name="min"/> to <paramref name="max"/>, with jitter. Not thread-safe.</summary>
public sealed class Backoff(TimeSpan min, TimeSpan max)
{
    private readonly TimeSpan _min = min;
    private TimeSpan _next = min;

    /// <summary>Half to all of the present pause, at random, so that many clients do not come back at once.</summary>
    public TimeSpan Next()
    {
        var pause = _next * (0.5 + (Random.Shared.NextDouble() / 2));
        _next = _next * 2 < max ? _next * 2 : max;
        return pause;
    }

    public void Reset() => _next = _min;
}
