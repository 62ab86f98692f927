using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Crypto.Ingestion.Frames;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Streams;

/// <summary>
/// One websocket connection: opened, subscribed, read until it ends. The runtime answers the server's pings and sends its
/// own, so that a dead peer is noticed. A frame is read only when the one before it was taken, which is the backpressure.
/// </summary>
public sealed class StreamConnection(
    string url, IReadOnlyList<TrackedSymbol> symbols, FrameIntake intake, SubscriptionPace pace, ILogger logger) : IAsyncDisposable
{
    // The exchange's trade frames have 150 bytes; an answer to SUBSCRIBE a few hundred.
    private const int FrameLengthMax = 1 << 20;
    private const int StreamsPerMessage = 200;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _scratch = new byte[intake.ScratchLength];
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 14);
    private readonly TaskCompletionSource _shutdownAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _frames;
    private long _heldBackSince;

    /// <summary>Completes when the server has said that it is going away; frames may still come.</summary>
    public Task ShutdownAsked => _shutdownAsked.Task;

    /// <summary>Trade frames received.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>How long the frame that was read last has waited for Kafka.</summary>
    public TimeSpan HeldBackFor =>
        Interlocked.Read(ref _heldBackSince) is not 0 and var since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Cuts the connection at once, without a goodbye; what was read is still published.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>Connects and subscribes.</summary>
    /// <exception cref="WebSocketException">The connection cannot be made.</exception>
    /// <exception cref="HandshakeRefusedException">The exchange will not have it.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        _socket.Options.KeepAliveInterval = KeepAlive;
        _socket.Options.KeepAliveTimeout = KeepAlive;
        await pace.ConnectAsync(cancellation).ConfigureAwait(false);
        _socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await _socket.ConnectAsync(new Uri(url), cancellation).ConfigureAwait(false);
        }
        catch (WebSocketException e)
        {
            throw HandshakeRefusedException.Of(_socket, url, e);
        }
        var id = 0;
        foreach (var chunk in symbols.Chunk(StreamsPerMessage))
        {
            var streams = string.Join(',', chunk.Select(s => $"\"{s.Instrument.Symbol.ToLowerInvariant()}@trade\""));
            var message = string.Create(CultureInfo.InvariantCulture, $$"""{"method":"SUBSCRIBE","params":[{{streams}}],"id":{{++id}}}""");
            await pace.MessageAsync(cancellation).ConfigureAwait(false);
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads frames until the connection ends or <paramref name="ended"/> is cancelled.</summary>
    /// <param name="ended">Ends this connection.</param>
    /// <param name="process">Ends the process; until then a frame that was read is published.</param>
    /// <exception cref="WebSocketException">The network broke.</exception>
    public async Task ReadAsync(CancellationToken ended, CancellationToken process)
    {
        while (true)
        {
            var length = await ReceiveAsync(ended, process).ConfigureAwait(false);
            if (length < 0) return;
            if (length == 0) continue;
            var accepted = intake.AcceptAsync(_buffer.AsMemory(0, length), _scratch, url, process);
            if (!accepted.IsCompleted) Interlocked.Exchange(ref _heldBackSince, Stopwatch.GetTimestamp());
            var kind = await accepted.ConfigureAwait(false);
            if (_heldBackSince != 0) Interlocked.Exchange(ref _heldBackSince, 0);
            if (kind == FrameKind.ServerShutdown) _shutdownAsked.TrySetResult();
            else if (kind != FrameKind.Other) Interlocked.Increment(ref _frames);
            else if (_buffer.AsSpan(0, length).IndexOf("\"error\""u8) >= 0)
                StreamLog.SubscriptionRefused(logger, Encoding.UTF8.GetString(_buffer, 0, Math.Min(length, 300)));
        }
    }

    /// <summary>Says that we leave; the reading goes on until the server has said so too.</summary>
    public async Task SayGoodbyeAsync()
    {
        if (_socket.State != WebSocketState.Open) return;
        using var patience = new CancellationTokenSource(CloseTimeout);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // A courtesy to the server; the socket goes in any case.
            _ = e;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await SayGoodbyeAsync().ConfigureAwait(false);
        _socket.Dispose();
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));
    }

    // The length of the next text message in the buffer, 0 for one that was set aside, -1 at the end.
    private async ValueTask<int> ReceiveAsync(CancellationToken ended, CancellationToken process)
    {
        var length = 0;
        while (true)
        {
            if (length == _buffer.Length) Grow();
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), ended).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close) return -1;
            length += received.Count;
            if (received.EndOfMessage && received.MessageType == WebSocketMessageType.Text) return length;
            if (!received.EndOfMessage && length < FrameLengthMax) continue;
            var reason = received.EndOfMessage ? "a binary message" : $"a message longer than {FrameLengthMax} bytes";
            await intake.RejectAsync(_buffer.AsMemory(0, Math.Min(length, 4096)), reason, url, process).ConfigureAwait(false);
            while (!received.EndOfMessage) received = await _socket.ReceiveAsync(_buffer.AsMemory(), ended).ConfigureAwait(false);
            return 0;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
