using Microsoft.Extensions.Logging;

namespace Crypto.Testing;

/// <summary>Logs of the code under test to the file that <c>CRYPTO_TEST_LOG</c> names; test runners swallow the console.</summary>
public sealed class FileLogs : ILoggerProvider
{
    private static readonly Lock Gate = new();

    /// <summary>The file, or null where nobody asked for logs.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("CRYPTO_TEST_LOG");

    public ILogger CreateLogger(string categoryName) => new FileLogger(categoryName);

    public void Dispose()
    {
    }

    private sealed class FileLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => Path is not null && logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            lock (Gate) File.AppendAllText(Path!, $"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel} {category} {formatter(state, exception)} {exception}\n");
        }
    }
}
