using System.Buffers.Binary;
using Crypto.Contracts;

namespace Crypto.Storage.Trades;

/// <summary>
/// Rows of <c>market.trades</c> in PostgreSQL's binary COPY format, encoded into a buffer that is written in large pieces.
/// A third of the cost of writing them value by value through the driver, and nothing is allocated per row.
/// </summary>
internal sealed class BinaryRows
{
    /// <summary>No row is longer, with the trailer behind it: ten fields, two of them numerics of at most 29 digits.</summary>
    private const int MaxRowBytes = 200;

    private const short Fields = 10;

    // PostgreSQL counts microseconds from 2000 on.
    private static readonly long Epoch2000Us = UnixTime.ToMicroseconds(new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    private readonly byte[] _buffer;
    private int _length;

    public BinaryRows(int capacity = 64 * 1024) => _buffer = new byte[capacity];

    /// <summary>What was encoded since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Another row (and the trailer) fits.</summary>
    public bool HasRoom => _buffer.Length - _length >= MaxRowBytes;

    public void Clear() => _length = 0;

    /// <summary>Signature, no flags, no extension.</summary>
    public void Header()
    {
        ReadOnlySpan<byte> signature = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0];
        signature.CopyTo(_buffer.AsSpan(_length));
        _length += signature.Length;
        _buffer.AsSpan(_length, 8).Clear();
        _length += 8;
    }

    public void Trailer() => Int16(-1);

    public void Row(in TradeRow row)
    {
        ref readonly var trade = ref row.Trade;
        Int16(Fields);
        Length(4);
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_length), row.InstrumentId);
        _length += 4;
        Int64(trade.TradeId);
        Int64(trade.LastTradeId);
        Numeric(trade.Price);
        Numeric(trade.Quantity);
        Int64(trade.TradeTimeUs - Epoch2000Us);
        Int64(trade.EventTimeUs - Epoch2000Us);
        Int64(trade.ReceivedTimeUs - Epoch2000Us);
        Length(1);
        _buffer[_length++] = trade.IsBuyerMaker ? (byte)1 : (byte)0;
        Length(2);
        Int16((short)trade.Origin);
    }

    /// <summary>Digits to the base of 10,000, with the decimal's own scale.</summary>
    internal void Numeric(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        int scale = (bits[3] >> 16) & 0xFF;
        var fractionDigits = (scale + 3) / 4;
        // Shifted so that the decimal point lies between two digits to the base of 10,000.
        var mantissa = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]) * Power((fractionDigits * 4) - scale);
        Span<short> digits = stackalloc short[12];
        var count = 0;
        if (mantissa <= ulong.MaxValue)
        {
            for (var rest = (ulong)mantissa; rest != 0; rest /= 10_000) digits[count++] = (short)(rest % 10_000);
        }
        else
        {
            for (var rest = mantissa; rest != 0; rest /= 10_000) digits[count++] = (short)(rest % 10_000);
        }
        var trailing = 0;
        while (trailing < count && digits[trailing] == 0) trailing++;
        var length = count - trailing;
        Length(8 + (2 * length));
        Int16((short)length);
        Int16((short)(length == 0 ? 0 : count - fractionDigits - 1));
        Int16(bits[3] < 0 && length > 0 ? (short)0x4000 : (short)0);
        Int16((short)scale);
        for (var i = count - 1; i >= trailing; i--) Int16(digits[i]);
    }

    private static uint Power(int exponent) => exponent switch { 0 => 1, 1 => 10, 2 => 100, _ => 1000 };

    private void Int64(long value)
    {
        Length(8);
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_length), value);
        _length += 8;
    }

    private void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(_length), value);
        _length += 2;
    }

    private void Length(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_length), length);
        _length += 4;
    }
}
