using System.Collections.Concurrent;
using Crypto.Contracts;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Scenarios;

namespace Crypto.MarketReplay.Sockets;

/// <summary>
/// One client's websocket. The reading side answers requests; the sending side is the only writer. Nothing is queued for
/// a client but answers: market data are read from the shared tape when the socket takes them, so a slow client costs no
/// memory.
/// </summary>
internal sealed class StreamConnection(
    Stream stream, Peer peer, ReplayClock clock, FrameRenderer renderer, Subscriptions subscriptions, FrameFeed feed, TimeSpan lifetime,
    MarketReplayOptions options)
{
    private const int MaxPendingAnswers = 256;
    private const ushort NormalClosure = 1000;
    private const ushort GoingAway = 1001;
    private const ushort PolicyViolation = 1008;

    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly ClockReader _place = feed.Place;
    private readonly Utf8Buffer _buffer = new(80 * 1024);
    private readonly ConcurrentQueue<(WebSocketOpcode Opcode, byte[] Payload)> _answers = new();
    private readonly TimeProvider _time = options.Time;
    private readonly MessagePace _pace = new(options.MessagesPerSecond, options.Time);
    private volatile bool _joined;
    private bool _closeSent;
    private volatile bool _lost;
    private volatile string? _closing;
    private long _lastPongAt;
    private long _pingDueAt;
    private long _expiresAt;

    /// <summary>True where the connection ended without a goodbye.</summary>
    public bool IsCut => _lost;

    /// <summary>Serves the client until it leaves, breaks the rules, or the token is cancelled; tells why it ended.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var openedAt = _time.GetTimestamp();
        _lastPongAt = openedAt;
        _pingDueAt = openedAt + Ticks(options.PingInterval);
        SubscriptionsChanged();
        var reading = ReadAsync(ended.Token);
        _expiresAt = openedAt + Ticks(lifetime);
        var sending = SendAsync(ended.Token);
        try
        {
            var first = await Task.WhenAny(reading, sending).ConfigureAwait(false);
            var reason = await first.ConfigureAwait(false);
            // Whichever side ends first, the other gets its say: the sender the goodbye, the reader the client's answer to
            // it; a socket closed with unread bytes would reset the connection and take the goodbye with it.
            LeaveClock();
            _place.Signal();
            if (!_lost) await Task.WhenAll(reading, sending).WaitAsync(Goodbye, CancellationToken.None).ConfigureAwait(false);
            return reason;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or TimeoutException)
        {
            return cancellationToken.IsCancellationRequested ? "server stopped" : "connection lost";
        }
        finally
        {
            LeaveClock();
            await ended.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(Quietly(reading), Quietly(sending)).ConfigureAwait(false);
        }
    }

    private static async Task Quietly(Task task) =>
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var reader = new WebSocketReader(stream);
        var requests = new SubscriptionRequests(subscriptions, renderer);
        var refusal = default(string);
        try
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } message)
            {
                if (message.Opcode == WebSocketOpcode.Close)
                {
                    if (refusal is not null) return refusal;
                    // Said before it is answered: the sender may be done with the answer before this side has returned.
                    _closing = "closed by the client";
                    Answer(WebSocketOpcode.Close, message.Payload);
                    return _closing;
                }
                if (refusal is not null) continue;
                if (!_pace.TryTake() || _answers.Count > MaxPendingAnswers)
                {
                    refusal = Close(PolicyViolation, "Too many requests");
                    continue;
                }
                switch (message.Opcode)
                {
                    case WebSocketOpcode.Text:
                    case WebSocketOpcode.Binary:
                        Answer(WebSocketOpcode.Text, requests.Answer(message.Payload));
                        SubscriptionsChanged();
                        break;
                    case WebSocketOpcode.Ping:
                        Answer(WebSocketOpcode.Pong, message.Payload);
                        break;
                    default:
                        Volatile.Write(ref _lastPongAt, _time.GetTimestamp());
                        break;
                }
            }
            var lost = Lost();
            return refusal ?? lost;
        }
        catch (WebSocketProtocolException e)
        {
            return Close(e.CloseCode, e.Message);
        }
    }

    private string Lost()
    {
        _lost = true;
        return "connection lost";
    }

    private string Close(ushort code, string reason)
    {
        _closing = reason;
        Answer(WebSocketOpcode.Close, WebSocketFrames.ClosePayload(code, reason));
        return reason;
    }

    private void Answer(WebSocketOpcode opcode, byte[] payload)
    {
        _answers.Enqueue((opcode, payload));
        _place.Signal();
    }

    private void SubscriptionsChanged()
    {
        var filter = subscriptions.Filter;
        if (!filter.IsEmpty && !_joined)
        {
            feed.Join();
            _joined = true;
        }
        if (filter.IsEmpty) LeaveClock();
        else clock.Subscribed(filter.Symbols);
        _place.Signal();
    }

    private void LeaveClock()
    {
        if (!_joined) return;
        _joined = false;
        feed.Leave();
    }

    private async Task<string> SendAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (peer.IsGone) return Lost();
            _buffer.Clear();
            var now = _time.GetTimestamp();
            var reason = CloseReason(now);
            AppendAnswers();
            if (now >= _pingDueAt) AppendPing(now);
            var step = _joined && reason is null && !_closeSent ? feed.Fill(_buffer) : default;
            if (_buffer.Length > 0) await WriteAsync(cancellationToken).ConfigureAwait(false);
            if (reason is not null || _closeSent) return reason ?? _closing ?? "closed";
            if (step.Fault is { } fault && await MeetAsync(fault, cancellationToken).ConfigureAwait(false)) return "scenario";
            if (step.More) continue;
            await _place.WaitAsync(DelayUntilNext(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Does to the connection what a scenario wants; true where it is lost.</summary>
    private async Task<bool> MeetAsync(Fault fault, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.Drop:
            case FaultKind.Tear:
                _lost = true;
                return true;
            case FaultKind.Close:
                Answer(WebSocketOpcode.Close, WebSocketFrames.ClosePayload(NormalClosure, ""));
                return false;
            case FaultKind.Shutdown:
                _expiresAt = Math.Min(_expiresAt, _time.GetTimestamp() + Ticks(fault.For));
                return false;
            default:
                await Task.Delay(fault.For, _time, cancellationToken).ConfigureAwait(false);
                feed.Lose(fault);
                return false;
        }
    }

    private string? CloseReason(long now)
    {
        var (code, reason) = (NormalClosure, default(string));
        if (now >= _expiresAt) reason = "its time is over";
        else if (_time.GetElapsedTime(Volatile.Read(ref _lastPongAt), now) > options.PongTimeout) (code, reason) = (GoingAway, "no pong");
        else if (_joined && clock.LagAt(_place.Cursor) > options.SlowClientTimeout) (code, reason) = (PolicyViolation, "too slow");
        if (reason is not null) Answer(WebSocketOpcode.Close, WebSocketFrames.ClosePayload(code, reason));
        return reason;
    }

    private void AppendAnswers()
    {
        while (!_closeSent && _answers.TryDequeue(out var answer))
        {
            WebSocketFrames.Append(_buffer, answer.Opcode, answer.Payload);
            _closeSent = answer.Opcode == WebSocketOpcode.Close;
        }
    }

    private void AppendPing(long now)
    {
        var start = _buffer.Length;
        _buffer.Append(UnixTime.NowMicroseconds(_time) / 1000);
        WebSocketFrames.Enclose(_buffer, start, WebSocketOpcode.Ping);
        _pingDueAt = now + Ticks(options.PingInterval);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var write = stream.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        if (write.IsCompletedSuccessfully) return;
        // At maximum speed the clock waits for the client, so long as it answers pings.
        var patience = double.IsPositiveInfinity(options.Speed) ? options.PongTimeout : options.SlowClientTimeout;
        await write.AsTask().WaitAsync(patience, _time, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan? DelayUntilNext()
    {
        var next = Math.Min(_pingDueAt, _expiresAt) - _time.GetTimestamp();
        var delay = TimeSpan.FromSeconds(Math.Clamp((double)next / _time.TimestampFrequency, 0.001, 3600));
        return _joined && clock.DelayUntil(_place.Cursor) is { } untilFrame && untilFrame < delay ? untilFrame : delay;
    }
}
