using System.Globalization;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>The times of feeds: RFC 822 with its zone names, or RFC 3339.</summary>
internal static class FeedTime
{
    private static readonly (string Name, string Offset)[] Zones =
    [
        (" GMT", " +00:00"), (" UTC", " +00:00"), (" UT", " +00:00"), (" Z", " +00:00"), (" EST", " -05:00"), (" EDT", " -04:00"),
        (" CST", " -06:00"), (" CDT", " -05:00"), (" MST", " -07:00"), (" MDT", " -06:00"), (" PST", " -08:00"), (" PDT", " -07:00"),
    ];

    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is null || text.Length > 64) return false;
        foreach (var (name, offset) in Zones)
            if (text.EndsWith(name, StringComparison.OrdinalIgnoreCase)) text = text[..^name.Length] + offset;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)) return false;
        time = time.ToUniversalTime();
        return true;
    }
}
