namespace Crypto.EmbeddedKafka.Server;

/// <summary>Lets one line a second through, which says how many others there were: a client must not fill the log.</summary>
internal sealed class LogThrottle
{
    private const long IntervalMs = 1000;

    private long _nextMs = long.MinValue;
    private long _silenced;

    /// <param name="others">What to say at the line's end of those that were not written since the last one.</param>
    /// <returns>Whether to write this one.</returns>
    internal bool Take(out string others)
    {
        others = "";
        long now = Environment.TickCount64;
        long next = Volatile.Read(ref _nextMs);
        if (now < next || Interlocked.CompareExchange(ref _nextMs, now + IntervalMs, next) != next)
        {
            Interlocked.Increment(ref _silenced);
            return false;
        }
        if (Interlocked.Exchange(ref _silenced, 0) is > 0 and var silenced)
            others = $" (and {silenced} others since the last such line)";
        return true;
    }
}
