using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Sockets;

/// <summary>The unit of the times in a connection's events.</summary>
internal enum TimeUnit : byte
{
    /// <summary>As recorded.</summary>
    Recorded,
    Millisecond,
    Microsecond,
}

/// <summary>
/// Writes frames as a client is to see them: exactly as recorded, or with times and ids moved to their turn, in the form
/// (raw or combined) and the unit that the connection asked for.
/// </summary>
internal sealed class FrameRenderer(Timeline timeline, bool combined, TimeUnit unit)
{
    private readonly Tape _tape = timeline.Tape;

    /// <summary>Whether payloads are wrapped with their stream's name; a client may switch it.</summary>
    public bool Combined { get; set; } = combined;

    /// <summary>Appends the payload of the frame at a position, without websocket header.</summary>
    public void AppendRecorded(Utf8Buffer buffer, long position)
    {
        var (turn, index) = timeline.Split(position);
        ref readonly var frame = ref _tape[index];
        var bytes = _tape.Bytes(frame);
        var wrap = Combined && !frame.IsCombined && frame.Stream >= 0;
        var unwrap = !Combined && frame.IsCombined;
        if (wrap) AppendWrapper(buffer, _tape.Streams[frame.Stream]);
        var from = unwrap ? frame.PayloadStart : 0;
        var to = unwrap ? frame.PayloadStart + frame.PayloadLength : frame.Length;
        var shiftUs = timeline.TimeShiftUs(turn);
        var converts = unit != TimeUnit.Recorded && (unit == TimeUnit.Microsecond) != frame.InMicroseconds;
        if (shiftUs == 0 && turn == 0 && !converts) buffer.Append(bytes[from..to]);
        else AppendMoved(buffer, frame, bytes, (from, to), turn, shiftUs);
        if (wrap) buffer.Append((byte)'}');
    }

    /// <summary>Appends the aggregate trade that the frame at a position completes; false where it completes none.</summary>
    public bool TryAppendAggregate(Utf8Buffer buffer, long position)
    {
        var (turn, index) = timeline.Split(position);
        ref readonly var frame = ref _tape[index];
        var symbol = _tape.Symbols[frame.Symbol];
        var at = symbol.AggregateEndingAt(frame.Rank);
        if (at < 0 || symbol.Aggregates[at].ReleasedBy != index) return false;
        var aggregate = symbol.Aggregates[at];
        var first = _tape[symbol.FrameOf[aggregate.FirstRank]];
        var micro = unit == TimeUnit.Microsecond || unit == TimeUnit.Recorded && frame.InMicroseconds;
        var shiftUs = timeline.TimeShiftUs(turn);
        var bytes = _tape.Bytes(first);
        if (Combined) AppendWrapper(buffer, symbol.Symbol.ToLowerInvariant() + "@aggTrade");
        buffer.Append("{\"e\":\"aggTrade\",\"E\":"u8);
        AppendTime(buffer, frame.EventTimeUs + shiftUs, micro);
        buffer.Append(",\"s\":\""u8);
        buffer.AppendAscii(symbol.Symbol);
        buffer.Append("\",\"a\":"u8);
        buffer.Append(turn * symbol.Aggregates.Length + at + 1);
        buffer.Append(",\"p\":\""u8);
        buffer.Append(first.Fields.Price.Of(bytes));
        buffer.Append("\",\"q\":\""u8);
        QuantityText.Append(buffer, aggregate.Quantity, first.Fields.Quantity.Of(bytes));
        buffer.Append("\",\"f\":"u8);
        buffer.Append(symbol.Ids[aggregate.FirstRank] + turn * symbol.Stride);
        buffer.Append(",\"l\":"u8);
        buffer.Append(symbol.Ids[aggregate.LastRank] + turn * symbol.Stride);
        buffer.Append(",\"T\":"u8);
        AppendTime(buffer, symbol.TimeUs[aggregate.FirstRank] + shiftUs, micro);
        buffer.Append(symbol.IsBuyerMaker[aggregate.FirstRank] ? ",\"m\":true"u8 : ",\"m\":false"u8);
        buffer.Append(bytes.IndexOf("\"M\":"u8) >= 0 ? ",\"M\":true}"u8 : "}"u8);
        if (Combined) buffer.Append((byte)'}');
        return true;
    }

    private void AppendMoved(Utf8Buffer buffer, in TapeFrame frame, ReadOnlySpan<byte> bytes, (int From, int To) part, long turn, long shiftUs)
    {
        var fields = frame.Fields;
        var micro = unit == TimeUnit.Microsecond || unit == TimeUnit.Recorded && frame.InMicroseconds;
        var from = part.From;
        // The three moving fields come in any order; they are met from left to right.
        while (true)
        {
            var next = default(Slice);
            if (fields.EventTime.Length > 0 && fields.EventTime.Start >= from) next = fields.EventTime;
            if (IsNearer(fields.TradeTime, from, next)) next = fields.TradeTime;
            if (frame.Symbol >= 0 && IsNearer(fields.TradeId, from, next)) next = fields.TradeId;
            if (next.Length == 0) break;
            buffer.Append(bytes[from..next.Start]);
            if (next == fields.TradeId)
            {
                var symbol = _tape.Symbols[frame.Symbol];
                buffer.Append(symbol.Ids[frame.Rank] + turn * symbol.Stride);
            }
            else
            {
                var recorded = long.Parse(next.Of(bytes), System.Globalization.CultureInfo.InvariantCulture);
                AppendTime(buffer, (frame.InMicroseconds ? recorded : recorded * 1000) + shiftUs, micro);
            }
            from = next.Start + next.Length;
        }
        buffer.Append(bytes[from..part.To]);
    }

    private static bool IsNearer(Slice candidate, int from, Slice best) =>
        candidate.Length > 0 && candidate.Start >= from && (best.Length == 0 || candidate.Start < best.Start);

    private static void AppendTime(Utf8Buffer buffer, long us, bool micro) => buffer.Append(micro ? us : us / 1000);

    private static void AppendWrapper(Utf8Buffer buffer, string stream)
    {
        buffer.Append("{\"stream\":\""u8);
        buffer.AppendAscii(stream);
        buffer.Append("\",\"data\":"u8);
    }
}
