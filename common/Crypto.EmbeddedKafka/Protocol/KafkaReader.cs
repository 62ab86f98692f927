using System.Buffers.Binary;
using System.Text;

namespace Crypto.EmbeddedKafka.Protocol;

/// <summary>
/// Reads the protocol's primitive types. In a flexible version strings, bytes and arrays have compact lengths and every
/// structure ends with tagged fields; the reader knows, so that a message's code reads the same in all versions.
/// </summary>
internal ref struct KafkaReader(Memory<byte> memory, bool flexible)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Far more than any client asks for at once; without a limit small elements would become many large objects.</summary>
    private const int MaxElements = 250_000;

    private readonly Memory<byte> _memory = memory;
    private readonly ReadOnlySpan<byte> _span = memory.Span;
    private int _position;
    private int _elements;

    internal readonly bool Flexible => flexible;

    internal readonly int Remaining => _span.Length - _position;

    internal byte Byte() => Take(1)[0];

    internal bool Bool() => Take(1)[0] != 0;

    internal sbyte Int8() => (sbyte)Take(1)[0];

    internal short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    internal int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    internal long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    internal Guid Uuid() => new(Take(16), bigEndian: true);

    internal uint UnsignedVarint()
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
        throw new MalformedRequestException("a varint is longer than five bytes");
    }

    internal string String() => NullableString() ?? throw new MalformedRequestException("a string is null that must not be");

    internal string? NullableString()
    {
        int length = Length(flexible ? 0 : 2);
        if (length < 0)
            return null;
        if (length > short.MaxValue)
            throw new MalformedRequestException($"a string of {length} bytes is longer than {short.MaxValue}");
        try
        {
            return Utf8.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedRequestException("a string is not UTF-8");
        }
    }

    /// <summary>A slice of the request's own buffer: copy what must outlive the request.</summary>
    internal Memory<byte> Bytes() => NullableBytes() ?? throw new MalformedRequestException("bytes are null that must not be");

    /// <inheritdoc cref="Bytes"/>
    internal Memory<byte>? NullableBytes()
    {
        int length = Length(flexible ? 0 : 4);
        if (length < 0)
            return null;
        int start = _position;
        Take(length);
        return _memory.Slice(start, length);
    }

    /// <summary>The number of elements that follow; -1 for a null array.</summary>
    internal int NullableArrayLength()
    {
        int length = Length(flexible ? 0 : 4);
        // Every element takes at least a byte, so a longer array is a lie that must not be given memory.
        if (length > Remaining)
            throw new MalformedRequestException($"an array of {length} elements in {Remaining} bytes");
        _elements += Math.Max(0, length);
        if (_elements > MaxElements)
            throw new MalformedRequestException($"more than {MaxElements} elements in all");
        return length;
    }

    internal int ArrayLength()
    {
        int length = NullableArrayLength();
        return length >= 0 ? length : throw new MalformedRequestException("an array is null that must not be");
    }

    internal int[] Int32Array()
    {
        int count = ArrayLength();
        if (count > Remaining / 4)
            throw new MalformedRequestException($"an array of {count} integers in {Remaining} bytes");
        var values = new int[count];
        for (int i = 0; i < count; i++)
            values[i] = Int32();
        return values;
    }

    internal List<string> StringArray() => Strings(ArrayLength());

    internal List<string>? NullableStringArray()
    {
        int count = NullableArrayLength();
        return count < 0 ? null : Strings(count);
    }

    internal List<T> Array<T>(short version) where T : IReadable<T> => Elements<T>(ArrayLength(), version);

    internal List<T>? NullableArray<T>(short version) where T : IReadable<T>
    {
        int count = NullableArrayLength();
        return count < 0 ? null : Elements<T>(count, version);
    }

    /// <summary>Skips the tagged fields that end a structure of a flexible version; none of them matters to this broker.</summary>
    internal void Tags()
    {
        if (!flexible)
            return;
        uint count = UnsignedVarint();
        for (uint i = 0; i < count; i++)
        {
            UnsignedVarint();
            Take(checked((int)Math.Min(UnsignedVarint(), int.MaxValue)));
        }
    }

    private List<string> Strings(int count)
    {
        var values = new List<string>(Math.Min(count, 256));
        for (int i = 0; i < count; i++)
            values.Add(String());
        return values;
    }

    private List<T> Elements<T>(int count, short version) where T : IReadable<T>
    {
        // The list grows with what was really read, not with what the count promises.
        var elements = new List<T>(Math.Min(count, 256));
        for (int i = 0; i < count; i++)
            elements.Add(T.Read(ref this, version));
        return elements;
    }

    private int Length(int width)
    {
        long length = width switch
        {
            2 => Int16(),
            4 => Int32(),
            _ => (long)UnsignedVarint() - 1,
        };
        return length is >= -1 and <= int.MaxValue
            ? (int)length
            : throw new MalformedRequestException($"a length of {length}");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Remaining)
            throw new MalformedRequestException($"{count} bytes wanted, {Remaining} left");
        var taken = _span.Slice(_position, count);
        _position += count;
        return taken;
    }
}
