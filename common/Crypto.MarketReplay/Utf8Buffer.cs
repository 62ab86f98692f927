using System.Buffers.Text;
using System.Globalization;

namespace Crypto.MarketReplay;

/// <summary>A growing byte buffer that is filled again and again without allocating. Not thread-safe.</summary>
internal sealed class Utf8Buffer(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes back what was written after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Append(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var written);
        Length += written;
    }

    /// <summary>Appends the decimal with its own scale, unquoted.</summary>
    public void Append(decimal value)
    {
        value.TryFormat(Reserve(32), out var written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>Appends a number given in hundred-millionths: all eight decimals, or only those that are not zero at the end.</summary>
    public void AppendE8(long valueE8, bool trim)
    {
        const int Decimals = 8;
        var (whole, fraction) = Math.DivRem(valueE8, 100_000_000);
        Append(whole);
        var target = Reserve(Decimals + 1);
        target[0] = (byte)'.';
        for (var i = Decimals; i > 0; i--)
        {
            (fraction, var digit) = Math.DivRem(fraction, 10);
            target[i] = (byte)('0' + digit);
        }
        var length = Decimals + 1;
        while (trim && length > 0 && target[length - 1] == '0') length--;
        Length += length == 1 ? 0 : length;
    }

    /// <summary>Appends ASCII text as it is; the caller vouches that it needs no escaping.</summary>
    public void AppendAscii(string text)
    {
        var target = Reserve(text.Length);
        for (var i = 0; i < text.Length; i++) target[i] = (byte)text[i];
        Length += text.Length;
    }

    /// <summary>Room for <paramref name="count"/> bytes that are counted at once; the caller fills them.</summary>
    public Span<byte> Take(int count)
    {
        var span = Reserve(count)[..count];
        Length += count;
        return span;
    }

    /// <summary>Moves what was written from <paramref name="start"/> on, so that <paramref name="count"/> bytes fit before it.</summary>
    public Span<byte> OpenGap(int start, int count)
    {
        Reserve(count);
        _bytes.AsSpan(start, Length - start).CopyTo(_bytes.AsSpan(start + count));
        Length += count;
        return _bytes.AsSpan(start, count);
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        return _bytes.AsSpan(Length);
    }
}
