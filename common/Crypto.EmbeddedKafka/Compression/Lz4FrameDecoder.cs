using System.Buffers.Binary;

namespace Crypto.EmbeddedKafka.Compression;

/// <summary>The LZ4 frame format (lz4.org, "LZ4 Frame Format Description"), its checksums aside: batches have their own.</summary>
internal static class Lz4FrameDecoder
{
    private const uint Magic = 0x184D2204;
    private const int MinMatch = 4;

    internal static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> frame, int maxBytes)
    {
        if (frame.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(frame) != Magic)
            throw new DecompressionException("no LZ4 frame");
        byte flags = frame[4];
        bool hasBlockChecksums = (flags & 0x10) != 0;
        int position = 7 + ((flags & 0x08) != 0 ? 8 : 0) + ((flags & 0x01) != 0 ? 4 : 0);
        var output = new OutputBuffer(frame.Length, maxBytes);
        while (true)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(Slice(frame, position, 4));
            position += 4;
            if (size == 0)
                return output.Written;
            var block = Slice(frame, position, (int)(size & 0x7fffffff));
            if ((size & 0x80000000) != 0)
                output.Append(block);
            else
                DecodeBlock(block, output);
            position += block.Length + (hasBlockChecksums ? 4 : 0);
        }
    }

    /// <summary>Sequences of literals and a copy from before; the last one has literals only.</summary>
    private static void DecodeBlock(ReadOnlySpan<byte> block, OutputBuffer output)
    {
        int position = 0;
        while (position < block.Length)
        {
            byte token = block[position++];
            int literals = LengthOf(token >> 4, block, output.Limit, ref position);
            output.Append(Slice(block, position, literals));
            position += literals;
            if (position == block.Length)
                return;
            int distance = BinaryPrimitives.ReadUInt16LittleEndian(Slice(block, position, 2));
            position += 2;
            output.Repeat(distance, LengthOf(token & 0x0f, block, output.Limit, ref position) + MinMatch);
        }
    }

    private static int LengthOf(int nibble, ReadOnlySpan<byte> block, int limit, ref int position)
    {
        long length = nibble;
        if (nibble < 15)
            return nibble;
        byte next;
        do
        {
            next = Slice(block, position++, 1)[0];
            length += next;
        }
        while (next == 255);
        return length <= limit ? (int)length : throw new UnpackedTooLargeException(limit);
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, int start, int length) =>
        length >= 0 && start >= 0 && length <= bytes.Length - start
            ? bytes.Slice(start, length)
            : throw new DecompressionException("LZ4 data ends early");
}
