using Microsoft.Extensions.Logging;

namespace Crypto.MarketReplay;

/// <summary>Hands the web server's log, errors only, to the host's.</summary>
internal sealed class ForwardingLoggers(ILoggerFactory loggers) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

    public void Dispose()
    {
        // The factory belongs to the caller.
    }
}
