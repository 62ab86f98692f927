using System.Text;
using System.Text.Json;
using Crypto.Contracts;

namespace Crypto.MarketReplay.Tapes;

/// <summary>Finds in a recorded frame what a replay needs to know. A frame that is not understood is no error: it is played as it is.</summary>
internal sealed class FrameParser
{
    // 10^14 milliseconds lie in the year 5138, 10^14 microseconds in 1973: no time is mistaken for the other unit.
    private const long LeastMicroseconds = 100_000_000_000_000;

    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _names =
        new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public ParsedFrame Parse(ReadOnlySpan<byte> frame)
    {
        try
        {
            return ParseObject(frame);
        }
        catch (JsonException)
        {
            return new ParsedFrame { Payload = (0, frame.Length) };
        }
    }

    private ParsedFrame ParseObject(ReadOnlySpan<byte> frame)
    {
        var json = new Utf8JsonReader(frame);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return new ParsedFrame { Payload = (0, frame.Length) };
        string? stream = null;
        var payload = (Start: -1, Length: 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isStream = json.ValueTextEquals("stream"u8);
            var isData = json.ValueTextEquals("data"u8);
            json.Read();
            var start = (int)json.TokenStartIndex;
            if (isStream && json.TokenType == JsonTokenType.String) stream = Name(json.ValueSpan);
            json.Skip();
            if (isData) payload = (start, (int)json.BytesConsumed - start);
        }
        // Whatever follows the object makes it no JSON.
        if (json.Read()) return new ParsedFrame { Payload = (0, frame.Length) };
        if (stream is not null && payload.Start >= 0 && frame[payload.Start] == '{') return ParsePayload(frame, payload, stream);
        return stream is null ? ParsePayload(frame, (0, frame.Length), null) : Opaque(stream, payload.Start < 0 ? (0, frame.Length) : payload);
    }

    private static ParsedFrame Opaque(string stream, (int, int) payload) =>
        new() { IsJson = true, IsCombined = true, Stream = stream, Payload = payload };

    private ParsedFrame ParsePayload(ReadOnlySpan<byte> frame, (int Start, int Length) payload, string? stream)
    {
        var json = new Utf8JsonReader(frame.Slice(payload.Start, payload.Length));
        json.Read();
        var values = new PayloadValues();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.ValueSpan.Length == 1 ? (char)json.ValueSpan[0] : '\0';
            json.Read();
            if (name != '\0') values.Take(name, ref json, payload.Start);
            json.Skip();
        }
        var symbol = values.Symbol.IsEmpty ? null : Name(values.Symbol);
        return new ParsedFrame
        {
            IsJson = true,
            IsCombined = stream is not null,
            Stream = stream ?? values.StreamName(symbol),
            Symbol = symbol,
            Payload = payload,
            Fields = values.Fields,
            InMicroseconds = values.EventTime >= LeastMicroseconds || values.TradeTime >= LeastMicroseconds,
            EventTimeUs = ToMicroseconds(values.EventTime > 0 ? values.EventTime : values.TradeTime),
            Trade = values.ToTrade(),
        };
    }

    private string Name(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[128];
        if (utf8.Length > text.Length) return Encoding.UTF8.GetString(utf8);
        text = text[..Encoding.UTF8.GetChars(utf8, text)];
        if (_names.TryGetValue(text, out var known)) return known;
        var name = new string(text);
        _names[text] = name;
        return name;
    }

    private static long ToMicroseconds(long time) => time >= LeastMicroseconds ? time : time * 1000;

    /// <summary>The one-letter fields of Binance's events.</summary>
    private ref struct PayloadValues
    {
        public ReadOnlySpan<byte> Symbol;
        public long EventTime;
        public long TradeTime;
        public FrameFields Fields;
        private ReadOnlySpan<byte> _event;
        private ReadOnlySpan<byte> _kind;
        private long _id;
        private decimal _price;
        private decimal _quantity;
        private bool? _isBuyerMaker;
        private bool _hasBidAndAsk;

        public void Take(char name, ref Utf8JsonReader json, int offset)
        {
            switch (name)
            {
                case 'e': _event = json.StringSpan(); break;
                case 's': Symbol = json.StringSpan(); break;
                case 'X': _kind = json.StringSpan(); break;
                case 'm': _isBuyerMaker = json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : null; break;
                case 'B': _hasBidAndAsk = json.TokenType == JsonTokenType.String; break;
                case 'E':
                    EventTime = json.LongOr(0);
                    Fields = Fields with { EventTime = Place(json, offset, JsonTokenType.Number) };
                    break;
                case 'T':
                    TradeTime = json.LongOr(0);
                    Fields = Fields with { TradeTime = Place(json, offset, JsonTokenType.Number) };
                    break;
                case 't':
                    _id = json.LongOr(-1);
                    Fields = Fields with { TradeId = Place(json, offset, JsonTokenType.Number) };
                    break;
                case 'p':
                    _price = json.DecimalOr(0);
                    Fields = Fields with { Price = Place(json, offset, JsonTokenType.String) };
                    break;
                case 'q':
                    _quantity = json.DecimalOr(0);
                    Fields = Fields with { Quantity = Place(json, offset, JsonTokenType.String) };
                    break;
            }
        }

        public readonly string? StreamName(string? symbol)
        {
            if (symbol is null) return null;
            var lower = symbol.ToLowerInvariant();
            if (_event.SequenceEqual("trade"u8)) return lower + "@trade";
            if (_event.SequenceEqual("aggTrade"u8)) return lower + "@aggTrade";
            if (_event.SequenceEqual("depthUpdate"u8)) return lower + "@depth";
            if (_event.SequenceEqual("24hrTicker"u8)) return lower + "@ticker";
            if (_event.IsEmpty && _hasBidAndAsk || _event.SequenceEqual("bookTicker"u8)) return lower + "@bookTicker";
            return _event.IsEmpty ? null : lower + "@" + Encoding.UTF8.GetString(_event);
        }

        public readonly ParsedTrade? ToTrade()
        {
            if (!_event.SequenceEqual("trade"u8) || Symbol.IsEmpty || Fields.TradeId.Length == 0 || _id < 0 || TradeTime <= 0) return null;
            // REST serves trades of the order book only; see docs/recordings.md.
            var onBook = _price > 0 && _quantity > 0 && _isBuyerMaker is not null && (_kind.IsEmpty || _kind.SequenceEqual("MARKET"u8));
            return new ParsedTrade(_id, Trim(_price), Trim(_quantity), ToMicroseconds(TradeTime), _isBuyerMaker ?? false, onBook);
        }

        // 61685.99000000 -> 61685.99: sums of products then stay far from the 28 digits beyond which decimals round.
        private static decimal Trim(decimal value) => value / 1.0000000000000000000000000000m;

        private static Slice Place(Utf8JsonReader json, int offset, JsonTokenType type)
        {
            // A number that is no integer of 64 bits is nothing to rewrite.
            if (json.TokenType != type || type == JsonTokenType.Number && !json.TryGetInt64(out _)) return default;
            var start = offset + (int)json.TokenStartIndex + (type == JsonTokenType.String ? 1 : 0);
            return start <= ushort.MaxValue && json.ValueSpan.Length <= byte.MaxValue
                ? new Slice((ushort)start, (byte)json.ValueSpan.Length)
                : default;
        }
    }
}
