namespace Crypto.EmbeddedKafka.Log;

/// <summary>Steps over the records of an uncompressed batch.</summary>
internal ref struct RecordWalker(ReadOnlySpan<byte> records)
{
    private readonly ReadOnlySpan<byte> _records = records;
    private int _position;

    /// <summary>Milliseconds after the batch's base timestamp.</summary>
    internal long TimestampDelta { get; private set; }

    internal int OffsetDelta { get; private set; }

    internal bool HasKey { get; private set; }

    internal bool HasValue { get; private set; }

    internal ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The whole record, its length in front included.</summary>
    internal ReadOnlySpan<byte> Record { get; private set; }

    /// <summary>Whether exactly <paramref name="count"/> records fill the bytes, each with lengths that fit.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<byte> records, int count)
    {
        var walker = new RecordWalker(records);
        for (int i = 0; i < count; i++)
        {
            if (!walker.TryNext() || walker.OffsetDelta != i)
                return false;
        }
        return walker._position == records.Length;
    }

    /// <returns>False at the end, and where the bytes are no record.</returns>
    internal bool TryNext()
    {
        int start = _position;
        if (!TryVarint(out long length) || length <= 0 || length > _records.Length - _position)
            return false;
        int end = _position + (int)length;
        _position++; // attributes
        if (!TryVarint(out long timestampDelta) || !TryVarint(out long offsetDelta) || offsetDelta is < 0 or > int.MaxValue)
            return false;
        if (!TryVarint(out long keyLength) || keyLength > end - _position)
            return false;
        HasKey = keyLength >= 0;
        Key = HasKey ? _records.Slice(_position, (int)keyLength) : default;
        _position += Key.Length;
        if (!TryVarint(out long valueLength) || valueLength > end - _position)
            return false;
        HasValue = valueLength >= 0;
        _position += (int)Math.Max(0, valueLength);
        if (!TryVarint(out long headers) || headers < 0 || headers > end - _position || _position > end)
            return false;
        TimestampDelta = timestampDelta;
        OffsetDelta = (int)offsetDelta;
        Record = _records[start..end];
        _position = end;
        return true;
    }

    /// <summary>A zigzag varint of up to 64 bits.</summary>
    private bool TryVarint(out long value)
    {
        ulong raw = 0;
        value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position >= _records.Length)
                return false;
            byte next = _records[_position++];
            raw |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }
        return false;
    }
}
