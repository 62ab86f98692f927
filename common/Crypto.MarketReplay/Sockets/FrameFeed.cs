using System.Text;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Scenarios;
using Microsoft.Extensions.Logging;

namespace Crypto.MarketReplay.Sockets;

/// <summary>What a connection has to do after a batch of frames.</summary>
/// <param name="More">There is more to look at already.</param>
/// <param name="Fault">What the scenario wants done to the connection once the batch is sent.</param>
internal readonly record struct FeedStep(bool More, Fault? Fault);

/// <summary>Fills a connection's buffer with the frames that the clock allows, and with what a scenario makes of them.</summary>
internal sealed class FrameFeed(ReplayClock clock, FrameRenderer renderer, Subscriptions subscriptions, ScenarioPlan plan, ILogger logger)
{
    private const int BatchBytes = 64 * 1024;
    private const int ScanAtOnce = 64 * 1024;
    private readonly ClockReader _place = new();
    private long _skipUntil;
    private Fault? _skip;
    private int _nextFault;

    /// <summary>Frames sent to this client.</summary>
    public long Sent { get; private set; }

    public ClockReader Place => _place;

    public void Join()
    {
        clock.Join(_place);
        _nextFault = plan.FirstFrom(_place.Cursor);
    }

    public void Leave() => clock.Leave(_place);

    /// <summary>What passed up to now, or the next frames of the fault, is lost to this connection.</summary>
    public void Lose(Fault fault)
    {
        var lost = Math.Max(clock.Position, Math.Min(_place.Cursor + fault.Frames, clock.LimitFor(_place)));
        clock.HandOver(_place, lost);
        _place.Cursor = lost;
    }

    /// <summary>Appends the next frames, encoded for the socket.</summary>
    public FeedStep Fill(Utf8Buffer buffer)
    {
        var filter = subscriptions.Filter;
        var limit = clock.LimitFor(_place);
        var position = _place.Cursor;
        if (filter.IsEmpty || position >= limit) return default;
        var scanEnd = Math.Min(limit, position + ScanAtOnce);
        var waits = false;
        Fault? fault = null;
        while (position < scanEnd && buffer.Length < BatchBytes && fault is null && !waits)
        {
            if (plan.StreamFault(_nextFault) is not { } next || next.Position > position) AppendFrame(buffer, position++, filter);
            else if (!Concerns(next.Fault, filter)) _nextFault++;
            else (fault, waits) = Meet(buffer, next.Fault, ref position, limit, filter);
        }
        clock.HandOver(_place, position);
        _place.Cursor = position;
        return new FeedStep(position < limit && !waits, fault);
    }

    /// <summary>What happens to the connection itself is left to the caller; a part of the recording that has not passed yet is awaited.</summary>
    private (Fault? Fault, bool Waits) Meet(Utf8Buffer buffer, Fault fault, ref long position, long limit, StreamFilter filter)
    {
        var end = Math.Min(position + fault.Frames, clock.Timeline.EndPosition);
        if (fault.Kind is FaultKind.Repeat or FaultKind.Reorder && end > limit) return (null, true);
        _nextFault++;
        Log.Fault(logger, fault.Kind, position);
        switch (fault.Kind)
        {
            case FaultKind.Skip:
                (_skipUntil, _skip) = (end, fault);
                return default;
            case FaultKind.Repeat:
            case FaultKind.Reorder:
                foreach (var at in Order(fault, position, end)) AppendFrame(buffer, at, filter);
                position = end;
                return default;
            case FaultKind.Garbage:
                AppendText(buffer, fault.Text ?? GarbageMessages.At(position));
                return default;
            case FaultKind.Oversized:
                AppendText(buffer, "{\"e\":\"" + new string('x', fault.Bytes) + "\"}");
                return default;
            case FaultKind.Shutdown:
                var time = $"{{\"e\":\"serverShutdown\",\"E\":{clock.MarketTimeUs / 1000}}}";
                AppendText(buffer, renderer.Combined ? $"{{\"stream\":\"!serverShutdown\",\"data\":{time}}}" : time);
                return (fault, false);
            case FaultKind.Tear:
                var start = buffer.Length;
                AppendText(buffer, "{\"stream\":\"btcusdt@trade\",\"data\":{\"e\":\"trade\",\"E\":1723161600000}}");
                buffer.Truncate(start + 20);
                position++;
                return (fault, false);
            case FaultKind.Drop:
                // The frame is lost: the next connection begins after it, and does not meet the fault again.
                position++;
                return (fault, false);
            case FaultKind.Close:
                AppendFrame(buffer, position++, filter);
                return (fault, false);
            default:
                return (fault, false);
        }
    }

    private static IEnumerable<long> Order(Fault fault, long from, long end)
    {
        long[] positions = [.. Enumerable.Range(0, (int)(end - from)).Select(i => from + i)];
        if (fault.Kind == FaultKind.Repeat) return [.. positions, .. positions];
        new Random((int)from).Shuffle(positions);
        return positions;
    }

    private bool Concerns(Fault fault, StreamFilter filter) =>
        fault.Symbol is null || clock.Timeline.Tape.Find(fault.Symbol) is { } symbol && filter.Symbols.Contains(symbol.Index);

    private bool IsSkipped(long position, int symbol) =>
        _skip is not null && position < _skipUntil && (_skip.Symbol is null || symbol == clock.Timeline.Tape.Find(_skip.Symbol)?.Index);

    private void AppendFrame(Utf8Buffer buffer, long position, StreamFilter filter)
    {
        ref readonly var frame = ref clock.Timeline.Tape[clock.Timeline.Split(position).Index];
        if (IsSkipped(position, frame.Symbol)) return;
        if (filter.WantsRecorded(frame))
        {
            var start = buffer.Length;
            renderer.AppendRecorded(buffer, position);
            WebSocketFrames.Enclose(buffer, start, WebSocketOpcode.Text);
            Sent++;
        }
        if (filter.WantsAggregate(frame))
        {
            var start = buffer.Length;
            if (!renderer.TryAppendAggregate(buffer, position)) return;
            WebSocketFrames.Enclose(buffer, start, WebSocketOpcode.Text);
            Sent++;
        }
    }

    private static void AppendText(Utf8Buffer buffer, string text) =>
        WebSocketFrames.Append(buffer, WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text));
}
