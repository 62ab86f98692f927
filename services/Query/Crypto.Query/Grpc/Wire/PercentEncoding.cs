using System.Text;

namespace Crypto.Query.Grpc.Wire;

/// <summary>How <c>grpc-message</c> carries text: UTF-8, with everything but printable ASCII (and the percent sign) escaped.</summary>
internal static class PercentEncoding
{
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%')) return text;
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%') encoded.Append((char)b);
            else encoded.Append('%').Append(b.ToString("X2"));
        }
        return encoded.ToString();
    }
}
