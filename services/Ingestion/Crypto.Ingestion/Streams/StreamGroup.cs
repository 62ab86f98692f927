using System.Net.WebSockets;
using Crypto.Ingestion.Frames;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Streams;

/// <summary>
/// The symbols of one connection, kept connected: a lost connection is made anew after a pause, one that gets old or is asked
/// to go is replaced with overlap, one that is open but silent is given up. After each connect REST is asked for what is missing.
/// </summary>
public sealed class StreamGroup(
    string url, IReadOnlyList<TrackedSymbol> symbols, FrameIntake intake, NewestIds newestIds, SubscriptionPace pace,
    IngestionOptions options, Func<bool> isMarketOver, TimeProvider clock, ILogger<StreamGroup> logger)
{
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(1);
    private readonly Backoff _backoff = new(options.ReconnectPauseMin, options.ReconnectPauseMax);
    private bool _wasConnected;

    /// <summary>True while a connection is subscribed.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Why there is no connection, for the health report.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Running? current = null;
        try
        {
            while (true)
            {
                current ??= await StartAsync(cancellation).ConfigureAwait(false);
                var end = await current.EndAsync(options.ConnectionMaxAge, clock).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (end.Cause is StreamEnd.ServerShutdown or StreamEnd.Replaced)
                {
                    var old = current;
                    current = null;
                    current = await ReplaceAsync(old, end.Words, cancellation).ConfigureAwait(false);
                    continue;
                }
                IsConnected = false;
                LastFailure = end.Words;
                if (current.Connection.Frames > 0) _backoff.Reset();
                await current.DisposeAsync().ConfigureAwait(false);
                current = null;
                await PauseAsync(end.Words, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            IsConnected = false;
            if (current is not null) await current.DisposeAsync().ConfigureAwait(false);
        }
    }

    // The old connection goes on being read, where it still can be, until the new one has been subscribed for a while.
    private async Task<Running> ReplaceAsync(Running old, string cause, CancellationToken cancellation)
    {
        StreamLog.Replacing(logger, url, cause);
        try
        {
            var successor = await StartAsync(cancellation).ConfigureAwait(false);
            await Task.Delay(options.ConnectionOverlap, clock, cancellation).ConfigureAwait(false);
            return successor;
        }
        finally
        {
            await old.LeaveAsync().ConfigureAwait(false);
        }
    }

    private async Task<Running> StartAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var connection = new StreamConnection(url, symbols, intake, pace, logger);
            try
            {
                await connection.OpenAsync(cancellation).ConfigureAwait(false);
                IngestionTelemetry.Connects.Add(1, new KeyValuePair<string, object?>("outcome", "opened"));
                StreamLog.Connected(logger, url, symbols.Count);
                var reason = _wasConnected ? GapReasons.Reconnect : GapReasons.Restart;
                foreach (var symbol in symbols) symbol.BlameNextSkipOn(reason);
                (_wasConnected, IsConnected, LastFailure) = (true, true, null);
                return new Running(connection, this, reason, cancellation);
            }
            catch (Exception e) when (e is WebSocketException or HandshakeRefusedException or HttpRequestException or IOException)
            {
                IngestionTelemetry.Connects.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
                await connection.DisposeAsync().ConfigureAwait(false);
                LastFailure = e.Message;
                await PauseAsync(e.Message, cancellation, (e as HandshakeRefusedException)?.RetryAfter).ConfigureAwait(false);
            }
        }
    }

    private Task PauseAsync(string cause, CancellationToken cancellation, TimeSpan? atLeast = null)
    {
        var pause = _backoff.Next();
        if (atLeast > pause) pause = atLeast.Value;
        StreamLog.Ended(logger, url, cause, pause);
        return Task.Delay(pause, clock, cancellation);
    }

    /// <summary>A connection with the tasks that belong to it.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly StreamGroup _group;
        private readonly CancellationTokenSource _ended;
        private readonly Task<(StreamEnd Cause, string Words)> _reading;
        private readonly Task<(StreamEnd Cause, string Words)> _watching;
        private readonly Task<(StreamEnd Cause, string Words)> _limiting;

        public Running(StreamConnection connection, StreamGroup group, string reason, CancellationToken process)
        {
            Connection = connection;
            _group = group;
            _ended = CancellationTokenSource.CreateLinkedTokenSource(process);
            _reading = Task.Run(() => ReadAsync(process), CancellationToken.None);
            _watching = Task.Run(() => WatchAsync(reason), CancellationToken.None);
            _limiting = Task.Run(LimitAsync, CancellationToken.None);
        }

        public StreamConnection Connection { get; }

        /// <summary>Completes when the connection ends, falls silent, or reaches the age.</summary>
        public async Task<(StreamEnd Cause, string Words)> EndAsync(TimeSpan maxAge, TimeProvider clock)
        {
            var tooOld = Task.Delay(maxAge, clock, _ended.Token);
            var first = await Task.WhenAny(_reading, _watching, _limiting, Connection.ShutdownAsked, tooOld).ConfigureAwait(false);
            if (first == _reading) return await _reading.ConfigureAwait(false);
            if (first == _watching) return await _watching.ConfigureAwait(false);
            if (first == _limiting) return await _limiting.ConfigureAwait(false);
            return first == tooOld ? (StreamEnd.Replaced, "old age") : (StreamEnd.ServerShutdown, "the server goes away");
        }

        /// <summary>As <see cref="DisposeAsync"/>, but says goodbye, and gives the server a moment to answer: a read that is cancelled cuts the line.</summary>
        public async Task LeaveAsync()
        {
            await Connection.SayGoodbyeAsync().ConfigureAwait(false);
            await Task.WhenAny(_reading, Task.Delay(GoodbyeTimeout, _ended.Token)).ConfigureAwait(false);
            await DisposeAsync().ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync().ConfigureAwait(false);
            await _reading.ConfigureAwait(false);
            await _watching.ConfigureAwait(false);
            await _limiting.ConfigureAwait(false);
            await Connection.DisposeAsync().ConfigureAwait(false);
            _ended.Dispose();
        }

        private async Task<(StreamEnd, string)> ReadAsync(CancellationToken process)
        {
            try
            {
                await Connection.ReadAsync(_ended.Token, process).ConfigureAwait(false);
                return (StreamEnd.Lost, "closed by the server");
            }
            // Disposed: it was cut by us while its last frame waited for Kafka.
            catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
            {
                return (StreamEnd.Lost, e.Message);
            }
            catch (OperationCanceledException)
            {
                return (StreamEnd.Lost, "ended by us");
            }
        }

        // A socket that is not read fills the exchange's buffers until it drops us; better we go first, and come back for what was missed.
        private async Task<(StreamEnd, string)> LimitAsync()
        {
            try
            {
                while (Connection.HeldBackFor < _group.HeldBackMax) await _group.LookAgainAsync(_ended.Token).ConfigureAwait(false);
                Connection.Abort();
                return (StreamEnd.HeldBack, $"disconnected on purpose: Kafka has taken nothing for {_group.HeldBackMax}");
            }
            catch (OperationCanceledException)
            {
                return (StreamEnd.Lost, "ended by us");
            }
        }

        // Asks for what is missing at first, then whenever no frame came for a while.
        private async Task<(StreamEnd, string)> WatchAsync(string reason)
        {
            try
            {
                await _group.AskAsync(reason, _ended.Token).ConfigureAwait(false);
                var wasOver = false;
                while (true)
                {
                    var frames = Connection.Frames;
                    await _group.SilenceAsync(_ended.Token).ConfigureAwait(false);
                    if (Connection.Frames != frames || wasOver) continue;
                    wasOver = _group.IsMarketOver;
                    var behind = await _group.AskAsync(GapReasons.Silent, _ended.Token).ConfigureAwait(false);
                    if (behind.Count > 0 && Connection.Frames == frames && !wasOver)
                    {
                        StreamLog.Silent(_group.Logger, behind[0].Instrument.Key);
                        return (StreamEnd.Silent, "open but silent");
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return (StreamEnd.Lost, "ended by us");
            }
        }
    }

    private ILogger Logger => logger;

    private bool IsMarketOver => isMarketOver();

    private Task<IReadOnlyList<TrackedSymbol>> AskAsync(string reason, CancellationToken cancellation) =>
        newestIds.AskAsync(symbols, reason, cancellation);

    private TimeSpan HeldBackMax => options.HeldBackMax;

    private Task LookAgainAsync(CancellationToken cancellation) => Task.Delay(options.HeldBackMax / 4, clock, cancellation);

    private Task SilenceAsync(CancellationToken cancellation) => Task.Delay(options.SilenceAfter, clock, cancellation);
}
