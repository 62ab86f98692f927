namespace Crypto.EmbeddedKafka.Compression;

/// <summary>What a decoder has put out so far; later parts may refer to earlier ones.</summary>
/// <param name="packed">The size of what is being unpacked, in bytes.</param>
/// <param name="limit">No more than this may come out, in bytes.</param>
internal sealed class OutputBuffer(int packed, int limit)
{
    private const int UsualRatio = 4;

    private byte[] _bytes = new byte[(int)Math.Min(Math.Max((long)packed * UsualRatio, 1024), limit)];

    internal int Limit => limit;

    internal int Length { get; private set; }

    /// <summary>Room for at least so many bytes behind the end.</summary>
    internal Span<byte> Free(int atLeast)
    {
        if (_bytes.Length - Length < atLeast)
        {
            if (atLeast > limit - Length)
                throw new UnpackedTooLargeException(limit);
            Array.Resize(ref _bytes, (int)Math.Min(limit, Math.Max((long)_bytes.Length * 2, (long)Length + atLeast)));
        }
        return _bytes.AsSpan(Length);
    }

    internal void Advance(int count) => Length += count;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Repeats what was put out some way back; the two may overlap, which repeats a pattern.</summary>
    internal void Repeat(int distance, int length)
    {
        if (distance <= 0 || distance > Length)
            throw new DecompressionException($"a copy from {distance} bytes back of {Length}");
        Free(length);
        if (distance >= length)
        {
            _bytes.AsSpan(Length - distance, length).CopyTo(_bytes.AsSpan(Length));
        }
        else
        {
            for (int i = 0; i < length; i++)
                _bytes[Length + i] = _bytes[Length + i - distance];
        }
        Length += length;
    }

    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);
}
