namespace Crypto.Ingestion.Frames;

/// <summary>The exchange's times come in milliseconds, or in microseconds where the URL asks for them; size tells which.</summary>
public static class ExchangeTime
{
    // 1e14 is the year 1973 in microseconds and the year 5138 in milliseconds.
    private const long MicrosecondsMin = 100_000_000_000_000;
    private const long MicrosecondsMax = 100_000_000_000_000_000;

    /// <summary>False for zero, negative numbers and numbers too large to be microseconds.</summary>
    public static bool TryToMicroseconds(long time, out long microseconds)
    {
        microseconds = time >= MicrosecondsMin ? time : time * 1000;
        return time is > 0 and < MicrosecondsMax;
    }
}
