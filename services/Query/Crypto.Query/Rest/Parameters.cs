using System.Globalization;
using Crypto.Contracts;
using Crypto.Query.Data;

namespace Crypto.Query.Rest;

/// <summary>
/// Reads parameters, which come as the strings that the client wrote, so that every error can name the parameter, its value
/// and what is allowed.
/// </summary>
internal static class Parameters
{
    public const int MaxLimit = 1000;

    /// <exception cref="BadRequestException">It is no whole number from 1 to <paramref name="max"/>.</exception>
    public static int Limit(string? text, int fallback = 100, int max = MaxLimit, string name = "limit")
    {
        if (string.IsNullOrEmpty(text)) return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= max) return limit;
        throw new BadRequestException(name, $"{name} is '{Shown(text)}': give a whole number from 1 to {max}");
    }

    /// <exception cref="BadRequestException">It is no number of hours.</exception>
    public static double Hours(string? text, double fallback = 24)
    {
        const double Max = 24 * 366 * 100;
        if (string.IsNullOrEmpty(text)) return fallback;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= Max)
            return hours;
        throw new BadRequestException("hours", $"hours is '{Shown(text)}': give a number above 0, 24 for a day");
    }

    /// <exception cref="BadRequestException">There is no such candle length.</exception>
    public static Interval Interval(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Contracts.Interval.OneMinute;
        if (Contracts.Interval.TryParse(text, out var interval)) return interval;
        var all = string.Join(", ", Contracts.Interval.All.Select(i => i.Name));
        throw new BadRequestException("interval", $"interval is '{Shown(text)}': give one of {all}");
    }

    /// <exception cref="BadRequestException">It is no id.</exception>
    public static long? Id(string name, string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return id;
        throw new BadRequestException(name, $"{name} is '{Shown(text)}': give an id, a whole number");
    }

    /// <exception cref="BadRequestException">It is none that an answer linked to.</exception>
    public static RowPosition? Page(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return RowPosition.Parse(text)
            ?? throw new BadRequestException("page", $"page is '{Shown(text)}': give the one that the link of the page before has");
    }

    /// <exception cref="BadRequestException">A bound is no time, or the range is empty.</exception>
    public static TimeRange Range(string? from, string? to)
    {
        var range = new TimeRange(Time("from", from), Time("to", to));
        if (range.FromUs >= range.ToUs) throw new BadRequestException("to", "to is not after from");
        return range;
    }

    private static long? Time(string name, string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        // A plus sign that was not escaped arrives as a space.
        var time = text.Replace(' ', '+');
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(time, formats, CultureInfo.InvariantCulture, Style, out var parsed) && parsed >= DateTimeOffset.UnixEpoch)
            return UnixTime.ToMicroseconds(parsed);
        throw new BadRequestException(name, $"{name} is '{Shown(text)}': give an RFC 3339 time such as 2024-08-09T00:01:00Z");
    }

    private static string Shown(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
