using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Streams;

internal static partial class StreamLog
{
    [LoggerMessage(LogLevel.Information, "Connected to {Url}: {Streams} streams")]
    public static partial void Connected(ILogger logger, string url, int streams);

    [LoggerMessage(LogLevel.Warning, "The stream {Url} ended ({Cause}); next attempt in {Pause}")]
    public static partial void Ended(ILogger logger, string url, string cause, TimeSpan pause);

    [LoggerMessage(LogLevel.Information, "The connection to {Url} is replaced ({Cause})")]
    public static partial void Replacing(ILogger logger, string url, string cause);

    [LoggerMessage(LogLevel.Error, "The exchange refuses to subscribe: {Answer}")]
    public static partial void SubscriptionRefused(ILogger logger, string answer);

    [LoggerMessage(LogLevel.Warning, "The newest trade ids cannot be asked now, next attempt in {Pause}: {Cause}")]
    public static partial void AnchorWaits(ILogger logger, TimeSpan pause, string cause);

    [LoggerMessage(LogLevel.Error, "The newest trade ids cannot be asked: {Cause}")]
    public static partial void AnchorRefused(ILogger logger, string cause);

    [LoggerMessage(LogLevel.Warning, "{Symbol}: REST has trades that the open stream did not bring; reconnecting")]
    public static partial void Silent(ILogger logger, string symbol);
}
