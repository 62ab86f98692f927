using Crypto.Contracts;

namespace Crypto.MarketReplay.Rest;

/// <summary>The intervals that the exchange knows beyond the platform's own; weeks and months are left out.</summary>
internal static class Intervals
{
    private static readonly Dictionary<string, Interval> Known = new[]
    {
        Interval.OneSecond, Interval.OneMinute, Minutes("3m", 3), Interval.FiveMinutes, Interval.FifteenMinutes, Minutes("30m", 30),
        Interval.OneHour, Minutes("2h", 120), Interval.FourHours, Minutes("6h", 360), Minutes("8h", 480), Minutes("12h", 720),
        Interval.OneDay,
    }.ToDictionary(i => i.Name);

    public static bool TryParse(string name, out Interval interval) => Known.TryGetValue(name, out interval);

    private static Interval Minutes(string name, int minutes) => new(name, minutes * 60 * UnixTime.MicrosecondsPerSecond);
}
