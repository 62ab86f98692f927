using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Crypto.Contracts;

namespace Crypto.Query.Data;

/// <summary>Where a page ended, in rows that are ordered by time and then by name: several rows may have one time.</summary>
public readonly record struct RowPosition(long TimeUs, string Id)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>As a parameter of an address.</summary>
    public string ToToken() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{TimeUs.ToString(CultureInfo.InvariantCulture)} {Id}"));

    /// <summary>Null where the text is no token of ours.</summary>
    public static RowPosition? Parse(string token)
    {
        try
        {
            var text = Strict.GetString(Base64Url.DecodeFromChars(token));
            var space = text.IndexOf(' ');
            if (space < 0 || text.Contains('\0')) return null;
            return long.TryParse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var timeUs)
                && timeUs <= UnixTime.ToMicroseconds(DateTime.MaxValue) ? new RowPosition(timeUs, text[(space + 1)..]) : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }
}
