using System.Text;

namespace Crypto.Contracts.Tests.Wire;

/// <summary>Bytes as a broken writer, a foreign producer or an attacker would leave them.</summary>
internal static class Mutation
{
    private static readonly string[] Odd =
        ["null", "true", "-1", "1.5", "1e400", "\"x\"", "\"\"", "[]", "{}", "99999999999999999999", "\"\\u0000\"", "\"\\ud800\"", "\"\ud83d\ude00\""];

    /// <summary>A value of the object replaced, bytes flipped, cut, doubled or appended.</summary>
    public static byte[] Of(byte[] good, Random random)
    {
        switch (random.Next(6))
        {
            case 0: // another value
                var text = Encoding.UTF8.GetString(good);
                var colons = Enumerable.Range(0, text.Length - 1).Where(i => text[i] == ':' && text[i - 1] == '"').ToList();
                var start = colons[random.Next(colons.Count)] + 1;
                var end = text.IndexOfAny([',', '}'], start);
                return Encoding.UTF8.GetBytes(text[..start] + Odd[random.Next(Odd.Length)] + text[end..]);
            case 1: // some bytes flipped
                var flipped = (byte[])good.Clone();
                for (var i = random.Next(1, 4); i > 0; i--) flipped[random.Next(flipped.Length)] = (byte)random.Next(256);
                return flipped;
            case 2: // cut
                return good[..random.Next(good.Length)];
            case 3: // a piece doubled
                var at = random.Next(good.Length);
                return [.. good[..at], .. good[random.Next(at + 1)..]];
            case 4: // something behind it
                return [.. good, .. Encoding.UTF8.GetBytes(Odd[random.Next(Odd.Length)])];
            default: // something else altogether
                return Encoding.UTF8.GetBytes(Odd[random.Next(Odd.Length)]);
        }
    }
}
