using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Server;

/// <summary>Listens and keeps the connections.</summary>
internal sealed partial class KafkaServer : IAsyncDisposable
{
    private const int Backlog = 512;

    private readonly Socket _listener;
    private readonly EmbeddedKafkaOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = [];
    private readonly MemoryBudget _budget;
    private readonly BrokerMetrics _metrics;
    private readonly LogThrottle _complaints = new();
    private Task _accepting = Task.CompletedTask;

    /// <summary>Takes the port; nobody is served before <see cref="Start"/>.</summary>
    /// <exception cref="EmbeddedKafkaException">The port is in use.</exception>
    internal KafkaServer(EmbeddedKafkaOptions options, BrokerMetrics metrics, ILogger logger)
    {
        _metrics = metrics;
        _budget = new MemoryBudget(options.MaxRequestMemoryBytes / 2); // unpacking batches has the other half
        _options = options;
        _logger = logger;
        _listener = Listen(options);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    internal int Port { get; }

    internal int Connections => _connections.Count;

    internal void Start(RequestDispatcher dispatcher) => _accepting = AcceptAsync(dispatcher);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _ending.Dispose();
    }

    private static Socket Listen(EmbeddedKafkaOptions options)
    {
        var address = options.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Host);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // A restart must not wait for the last run's connections to time out; two listeners still exclude each other.
            if (!OperatingSystem.IsWindows())
                listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(address, options.Port));
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new EmbeddedKafkaException(
                $"The embedded Kafka broker cannot listen on {options.Host}:{options.Port} ({e.SocketErrorCode}): " +
                "stop the process that uses the port or choose another one (--kafka PORT).", e);
        }
    }

    private async Task AcceptAsync(RequestDispatcher dispatcher)
    {
        while (!_ending.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_ending.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (_ending.IsCancellationRequested)
                    return;
                LogAcceptFailed(_logger, e.Message);
                await Task.Delay(100); // out of file handles, most likely: give connections time to end
                continue;
            }
            if (_connections.Count >= _options.MaxConnections)
            {
                LogTooMany(_logger, _options.MaxConnections);
                socket.Dispose();
                continue;
            }
            socket.NoDelay = true;
            var connection = Task.Run(() => ServeAsync(socket, dispatcher));
            _connections[connection] = 0;
            _ = connection.ContinueWith(
                ended => _connections.TryRemove(ended, out _), CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket, RequestDispatcher dispatcher)
    {
        _metrics.Connected(1);
        await new Connection(socket, dispatcher, _budget, _options, _metrics, _complaints, _logger).RunAsync(_ending.Token);
        _metrics.Connected(-1);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection was closed: there are {Limit} already")]
    private static partial void LogTooMany(ILogger logger, int limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Accepting a connection failed: {Reason}")]
    private static partial void LogAcceptFailed(ILogger logger, string reason);
}
