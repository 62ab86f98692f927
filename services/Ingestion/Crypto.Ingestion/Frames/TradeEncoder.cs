using System.Buffers.Text;
using Crypto.Contracts;

namespace Crypto.Ingestion.Frames;

/// <summary>
/// Writes the value of a <c>crypto.trades</c> record from a checked frame, the same JSON as <see cref="TradeJson.Write"/>
/// but with the exchange's own digits. One per instrument; it keeps the part that never changes. Safe for many threads.
/// </summary>
public sealed class TradeEncoder
{
    // Seven numbers of at most 20 digits, two decimals of at most 29, names and punctuation.
    private const int VariableLengthMax = 400;

    private readonly byte[] _head;

    public TradeEncoder(Instrument instrument)
    {
        _head = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"venue":"{{instrument.Venue}}","symbol":"{{instrument.Symbol}}","tradeId":""");
        LengthMax = _head.Length + VariableLengthMax;
    }

    /// <summary>The bytes that a destination must have at least.</summary>
    public int LengthMax { get; }

    /// <summary>
    /// Encodes a trade into at least <see cref="LengthMax"/> bytes and returns the number of bytes written. Price and quantity
    /// are checked decimal text, written as they are.
    /// </summary>
    public int Encode(
        long tradeId, long lastTradeId, ReadOnlySpan<byte> price, ReadOnlySpan<byte> quantity, long tradeTimeUs,
        long eventTimeUs, long receivedTimeUs, bool isBuyerMaker, TradeOrigin origin, Span<byte> destination)
    {
        var output = new Output(destination);
        output.Text(_head);
        output.Number(tradeId);
        if (lastTradeId != tradeId)
        {
            output.Text(",\"lastTradeId\":"u8);
            output.Number(lastTradeId);
        }
        output.Text(",\"price\":\""u8);
        output.Text(price);
        output.Text("\",\"quantity\":\""u8);
        output.Text(quantity);
        output.Text("\",\"tradeTimeUs\":"u8);
        output.Number(tradeTimeUs);
        output.Text(",\"eventTimeUs\":"u8);
        output.Number(eventTimeUs);
        output.Text(",\"receivedTimeUs\":"u8);
        output.Number(receivedTimeUs);
        output.Text(isBuyerMaker ? ",\"isBuyerMaker\":true,\"origin\":\""u8 : ",\"isBuyerMaker\":false,\"origin\":\""u8);
        output.Text(origin switch
        {
            TradeOrigin.Stream => "stream"u8,
            TradeOrigin.Repair => "repair"u8,
            TradeOrigin.Backfill => "backfill"u8,
            _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "unknown origin"),
        });
        output.Text("\"}"u8);
        return output.Length;
    }

    private ref struct Output(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; }

        public void Text(ReadOnlySpan<byte> text)
        {
            text.CopyTo(_destination[Length..]);
            Length += text.Length;
        }

        public void Number(long number)
        {
            if (!Utf8Formatter.TryFormat(number, _destination[Length..], out var written))
                throw new ArgumentException("the destination is shorter than LengthMax", nameof(number));
            Length += written;
        }
    }
}
