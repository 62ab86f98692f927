namespace Crypto.Contracts;

/// <summary>Microseconds since the Unix epoch, UTC: the platform's only unit of time on the wire.</summary>
public static class UnixTime
{
    public const long MicrosecondsPerSecond = 1_000_000;

    public static long ToMicroseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static long ToMicroseconds(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time as a UTC <see cref="DateTime"/>, which Npgsql writes to <c>timestamptz</c>.</summary>
    public static DateTime ToDateTime(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static long NowMicroseconds(TimeProvider clock) => ToMicroseconds(clock.GetUtcNow());

    /// <summary>RFC 3339 in UTC with microseconds: <c>2024-08-09T00:00:01.437000Z</c>.</summary>
    public static string ToRfc3339(long microseconds) => ToDateTime(microseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
}
