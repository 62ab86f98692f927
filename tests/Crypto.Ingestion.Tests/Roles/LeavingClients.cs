using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Tests.Roles;

/// <summary>What the recorded exchange says of its clients: how many came, and why each left.</summary>
internal sealed class LeavingClients : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _reasons = new();
    private int _came;

    public int Came => Volatile.Read(ref _came);

    public IReadOnlyCollection<string> Reasons => _reasons;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == "Connected") Interlocked.Increment(ref _came);
        if (eventId.Name == "Disconnected" && state is IEnumerable<KeyValuePair<string, object?>> values)
            _reasons.Enqueue($"{values.First(value => value.Key == "Reason").Value}");
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
