using System.Buffers.Binary;

namespace Crypto.EmbeddedKafka.Compression;

/// <summary>
/// Snappy (google/snappy, format_description.txt), either bare or in the blocks that the Java client's library puts around
/// it.
/// </summary>
internal static class SnappyDecoder
{
    private const int BlockHeader = 16;

    private static ReadOnlySpan<byte> BlockMagic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    internal static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> data, int maxBytes)
    {
        var output = new OutputBuffer(data.Length, maxBytes);
        if (!data.StartsWith(BlockMagic))
        {
            DecodeOne(data, output);
            return output.Written;
        }
        for (int position = BlockHeader; position < data.Length;)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(Slice(data, position, 4));
            DecodeOne(Slice(data, position + 4, size), output);
            position += 4 + size;
        }
        return output.Written;
    }

    private static void DecodeOne(ReadOnlySpan<byte> data, OutputBuffer output)
    {
        int position = 0;
        long expected = 0;
        byte part;
        int shift = 0;
        do
        {
            part = Slice(data, position++, 1)[0];
            expected |= (long)(part & 0x7f) << shift;
            shift += 7;
        }
        while (part >= 0x80 && shift < 35);
        if (expected > output.Limit - output.Length)
            throw new UnpackedTooLargeException(output.Limit);
        int end = output.Length + (int)expected;
        while (position < data.Length)
            position = DecodeElement(data, position, output);
        if (output.Length != end)
            throw new DecompressionException($"snappy data of {expected} bytes became another size");
    }

    private static int DecodeElement(ReadOnlySpan<byte> data, int position, OutputBuffer output)
    {
        byte tag = data[position++];
        int extra;
        switch (tag & 0x03)
        {
            case 0:
                int length = tag >> 2;
                extra = Math.Max(0, length - 59); // 60 to 63 say that the length follows in 1 to 4 bytes
                length = 1 + (extra == 0 ? length : (int)LittleEndian(Slice(data, position, extra)));
                output.Append(Slice(data, position + extra, length));
                return position + extra + length;
            case 1:
                extra = 1;
                output.Repeat(((tag & 0xe0) << 3) | Slice(data, position, extra)[0], 4 + ((tag >> 2) & 0x07));
                break;
            default:
                extra = (tag & 0x03) == 2 ? 2 : 4;
                output.Repeat((int)LittleEndian(Slice(data, position, extra)), 1 + (tag >> 2));
                break;
        }
        return position + extra;
    }

    private static uint LittleEndian(ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, int start, int length) =>
        length >= 0 && length <= bytes.Length - start
            ? bytes.Slice(start, length)
            : throw new DecompressionException("snappy data ends early");
}
