using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Protocol;

/// <summary>
/// Writes the protocol's primitive types into one pooled buffer. As with <see cref="KafkaReader"/>, the flexible versions'
/// compact lengths and tagged fields are the writer's concern.
/// </summary>
internal sealed class KafkaWriter : IDisposable
{
    /// <summary>Smaller pieces of a log are copied; larger ones are read when they are sent, piece by piece.</summary>
    private const int InlineRecords = 32 << 10;

    /// <summary>Without the pieces of logs. A request can name the same thing many times, so small ones could ask for this much.</summary>
    private const int MaxBuffer = 256 << 20;

    private readonly List<(int Position, LogSlice Records)> _slices = [];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(512);

    /// <summary>Whether the current part of the message is of a flexible version.</summary>
    internal bool Flexible { get; set; }

    internal int Length { get; private set; }

    /// <summary>With the pieces of logs that are not in the buffer.</summary>
    internal long TotalLength => Length + _slices.Sum(s => (long)s.Records.Length);

    /// <summary>Pieces of logs, and in front of which position of <see cref="Written"/> they belong.</summary>
    internal IReadOnlyList<(int Position, LogSlice Records)> Slices => _slices;

    internal ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    internal void Byte(byte value) => Claim(1)[0] = value;

    internal void Bool(bool value) => Claim(1)[0] = value ? (byte)1 : (byte)0;

    internal void Int8(sbyte value) => Claim(1)[0] = (byte)value;

    internal void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Claim(2), value);

    internal void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Claim(4), value);

    internal void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Claim(8), value);

    internal void Error(ErrorCode value) => Int16((short)value);

    internal void Uuid(Guid value) => value.TryWriteBytes(Claim(16), bigEndian: true, out _);

    internal void UnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)value);
    }

    internal void String(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        WriteLength(length, 2);
        Encoding.UTF8.GetBytes(value, Claim(length));
    }

    internal void NullableString(string? value)
    {
        if (value is null)
            WriteLength(-1, 2);
        else
            String(value);
    }

    internal void Bytes(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length, 4);
        value.CopyTo(Claim(value.Length));
    }

    /// <summary>Record batches as they lie in a log.</summary>
    internal void Records(LogSlice records)
    {
        WriteLength(records.Length, 4);
        if (records.Length > InlineRecords)
            _slices.Add((Length, records));
        else
            records.Read(Claim(records.Length));
    }

    /// <summary>The length of an array (-1: null).</summary>
    internal void ArrayLength(int count) => WriteLength(count, 4);

    internal void Array<T>(IReadOnlyCollection<T> items, short version) where T : IWritable
    {
        ArrayLength(items.Count);
        foreach (var item in items)
            item.Write(this, version);
    }

    internal void Int32Array(IReadOnlyCollection<int> values)
    {
        ArrayLength(values.Count);
        foreach (int value in values)
            Int32(value);
    }

    /// <summary>Ends a structure; this broker sends no tagged fields.</summary>
    internal void Tags()
    {
        if (Flexible)
            Byte(0);
    }

    /// <summary>The next <paramref name="count"/> bytes of the message, to be filled before anything else is written.</summary>
    internal Span<byte> Claim(int count)
    {
        if (_buffer.Length - Length < count)
            Grow(count);
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    internal void PatchInt32(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, 4), value);

    public void Dispose()
    {
        if (_buffer.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private void WriteLength(int length, int width)
    {
        if (Flexible)
            UnsignedVarint((uint)(length + 1));
        else if (width == 2)
            Int16(checked((short)length));
        else
            Int32(length);
    }

    private void Grow(int count)
    {
        if ((long)Length + count > MaxBuffer)
            throw new MalformedRequestException($"its answer would be larger than {MaxBuffer} bytes");
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(MaxBuffer, Math.Max((long)Length + count, _buffer.Length * 2L)));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
