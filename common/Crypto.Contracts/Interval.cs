using System.Diagnostics.CodeAnalysis;

namespace Crypto.Contracts;

/// <summary>A candle's length. Every length divides a day, so that buckets are aligned to UTC.</summary>
public readonly record struct Interval(string Name, long LengthUs)
{
    private const long SecondUs = 1_000_000;

    public static readonly Interval OneSecond = new("1s", SecondUs);
    public static readonly Interval OneMinute = new("1m", 60 * SecondUs);
    public static readonly Interval FiveMinutes = new("5m", 300 * SecondUs);
    public static readonly Interval FifteenMinutes = new("15m", 900 * SecondUs);
    public static readonly Interval OneHour = new("1h", 3600 * SecondUs);
    public static readonly Interval FourHours = new("4h", 4 * 3600 * SecondUs);
    public static readonly Interval OneDay = new("1d", 24 * 3600 * SecondUs);

    /// <summary>All intervals, shortest first.</summary>
    public static readonly IReadOnlyList<Interval> All =
        [OneSecond, OneMinute, FiveMinutes, FifteenMinutes, OneHour, FourHours, OneDay];

    /// <summary>The start of the bucket that holds <paramref name="timeUs"/>.</summary>
    public long OpenTimeOf(long timeUs) => timeUs - (timeUs % LengthUs);

    public static bool TryParse([NotNullWhen(true)] string? name, out Interval interval)
    {
        foreach (var candidate in All)
        {
            if (candidate.Name != name) continue;
            interval = candidate;
            return true;
        }
        interval = default;
        return false;
    }

    public override string ToString() => Name;
}
