namespace Crypto.Ingestion.Frames;

/// <summary>
/// The fast path: a trade frame without spaces, escapes or unknown fields, in any order. Everything else is left to
/// <see cref="FrameReader"/>; a false answer says nothing about the frame.
/// </summary>
internal static class FrameScanner
{
    private const int TextLengthMax = 64;

    public static bool TryScan(ReadOnlySpan<byte> frame, out FrameFields fields)
    {
        fields = default;
        var at = 0;
        var isCombined = false;
        if (frame.StartsWith("{\"stream\":\""u8))
        {
            at = 11;
            if (!TryText(frame, ref at, out var stream)) return false;
            fields.IsNoEvent = !frame.Slice(stream.Start, stream.Length).EndsWith("@trade"u8);
            if (!frame[at..].StartsWith(",\"data\":"u8)) return false;
            at += 8;
            isCombined = true;
        }
        if (!TryObject(frame, ref at, ref fields)) return false;
        if (isCombined && (at >= frame.Length || frame[at++] != '}')) return false;
        return at == frame.Length;
    }

    private static bool TryObject(ReadOnlySpan<byte> frame, ref int at, ref FrameFields fields)
    {
        if (at >= frame.Length || frame[at++] != '{') return false;
        while (true)
        {
            // "x": and at least one byte of value and one after it.
            if (at + 6 > frame.Length || frame[at] != '"' || frame[at + 2] != '"' || frame[at + 3] != ':') return false;
            var name = frame[at + 1];
            at += 4;
            if (!TryField(frame, ref at, name, ref fields) || at >= frame.Length) return false;
            var after = frame[at++];
            if (after == '}') return true;
            if (after != ',') return false;
        }
    }

    private static bool TryField(ReadOnlySpan<byte> frame, ref int at, byte name, ref FrameFields fields)
    {
        TextAt text;
        long number;
        switch (name)
        {
            case (byte)'e':
                if (!TryQuoted(frame, ref at, out text)) return false;
                fields.Event = FrameReader.NameOf(frame.Slice(text.Start, text.Length));
                return true;
            case (byte)'s':
                if (!TryQuoted(frame, ref at, out text)) return false;
                fields.SetSymbol(text.Start, text.Length);
                return true;
            case (byte)'p':
                if (!TryQuoted(frame, ref at, out text)) return false;
                fields.SetPrice(text.Start, text.Length);
                return true;
            case (byte)'q':
                if (!TryQuoted(frame, ref at, out text)) return false;
                fields.SetQuantity(text.Start, text.Length);
                return true;
            case (byte)'X':
                if (!TryQuoted(frame, ref at, out text)) return false;
                fields.IsNotApplicable = frame.Slice(text.Start, text.Length).SequenceEqual("NA"u8);
                return true;
            case (byte)'t':
                if (!TryNumber(frame, ref at, out number)) return false;
                fields.SetTradeId(number);
                return true;
            case (byte)'T':
                if (!TryNumber(frame, ref at, out number)) return false;
                fields.SetTradeTime(number);
                return true;
            case (byte)'E':
                if (!TryNumber(frame, ref at, out number)) return false;
                fields.SetEventTime(number);
                return true;
            case (byte)'m':
                if (!TryBoolean(frame, ref at, out var isBuyerMaker)) return false;
                fields.SetBuyerMaker(isBuyerMaker);
                return true;
            case (byte)'M':
                return TryBoolean(frame, ref at, out _);
            case (byte)'a' or (byte)'b':
                return TryNumber(frame, ref at, out _);
            default:
                return false;
        }
    }

    private static bool TryQuoted(ReadOnlySpan<byte> frame, ref int at, out TextAt text)
    {
        text = default;
        return frame[at++] == '"' && TryText(frame, ref at, out text);
    }

    // From behind the opening quote to behind the closing one; ASCII without escapes and control characters.
    private static bool TryText(ReadOnlySpan<byte> frame, ref int at, out TextAt text)
    {
        var start = at;
        var end = Math.Min(frame.Length, start + TextLengthMax);
        while (at < end)
        {
            var c = frame[at++];
            if (c == '"')
            {
                text = new TextAt(start, at - 1 - start);
                return true;
            }
            if (c is < 0x20 or >= 0x7f or (byte)'\\') break;
        }
        text = default;
        return false;
    }

    // Up to 18 digits, without sign and without a leading zero.
    private static bool TryNumber(ReadOnlySpan<byte> frame, ref int at, out long value)
    {
        var start = at;
        value = 0;
        while (at < frame.Length && (byte)(frame[at] - '0') is <= 9 and var digit)
        {
            value = (value * 10) + digit;
            at++;
        }
        var digits = at - start;
        return digits is > 0 and <= 18 && (digits == 1 || frame[start] != '0');
    }

    private static bool TryBoolean(ReadOnlySpan<byte> frame, ref int at, out bool value)
    {
        var rest = frame[at..];
        value = rest.StartsWith("true"u8);
        if (!value && !rest.StartsWith("false"u8)) return false;
        at += value ? 4 : 5;
        return true;
    }
}
