using System.Buffers.Binary;
using Crypto.EmbeddedKafka.Tests.Protocol;

namespace Crypto.EmbeddedKafka.Tests.Fuzz;

/// <summary>Makes wrong requests out of right ones. The same seed makes the same requests.</summary>
internal sealed class RequestMutator(int seed)
{
    private static readonly int[] Extremes = [0, 1, -1, int.MaxValue, int.MinValue, 0x7fff, -0x8000, 250_000, 1 << 20];

    private readonly Random _random = new(seed);

    /// <summary>Right requests of every API: the Java client's sessions.</summary>
    internal static IReadOnlyList<byte[]> Seeds { get; } =
        [.. new[] { "java-3.0.txt", "java-4.0.txt" }.SelectMany(VectorFile.Read).Select(v => Placeholders(v.Request))];

    internal Random Random => _random;

    /// <summary>A right request with one to four changes.</summary>
    internal byte[] Next()
    {
        var request = Pick();
        for (int changes = _random.Next(1, 5); changes > 0; changes--)
            request = Change(request);
        return request;
    }

    private byte[] Pick() => [.. Seeds[_random.Next(Seeds.Count)]];

    private byte[] Change(byte[] request)
    {
        if (request.Length < 8)
            return Pick();
        int at = _random.Next(request.Length);
        switch (_random.Next(8))
        {
            case 0:
                request[at] ^= (byte)(1 << _random.Next(8));
                return request;
            case 1:
                request[at] = (byte)_random.Next(256);
                return request;
            case 2 when at + 4 <= request.Length:
                BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(at), Extremes[_random.Next(Extremes.Length)]);
                return request;
            case 3:
                return request[..at]; // cut short
            case 4:
                return [.. request[..at], .. request[at..Math.Min(request.Length, at + _random.Next(64))], .. request[at..]];
            case 5:
                return [.. request[..at], .. Noise(_random.Next(32)), .. request[at..]];
            case 6:
                // The head of one and the tail of another.
                var other = Pick();
                return [.. request[..at], .. other[_random.Next(other.Length)..]];
            default:
                BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(2), (short)_random.Next(-1, 19)); // another version
                return request;
        }
    }

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>What a session takes from answers (ids) is made up.</summary>
    private static byte[] Placeholders(IEnumerable<string> tokens)
    {
        Dictionary<string, byte[]> ids = new() { ["topic"] = new byte[16], ["member"] = "java-1-00000000-0000-0000-0000-000000000000"u8.ToArray() };
        return new VectorFile(ids).Bytes(tokens);
    }
}
