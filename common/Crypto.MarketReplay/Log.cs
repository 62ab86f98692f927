using Crypto.MarketReplay.Scenarios;
using Microsoft.Extensions.Logging;

namespace Crypto.MarketReplay;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Recorded exchange on {Url}: {Venue}, {Frames} frames of {Symbols}, {Play}.")]
    public static partial void Listening(ILogger logger, string url, string venue, int frames, string symbols, string play);

    [LoggerMessage(2, LogLevel.Information, "A client subscribed: {Streams}.")]
    public static partial void Connected(ILogger logger, string streams);

    [LoggerMessage(3, LogLevel.Information, "A client left after {Frames} frames: {Reason}.")]
    public static partial void Disconnected(ILogger logger, long frames, string reason);

    [LoggerMessage(4, LogLevel.Error, "A request failed: {Path}.")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string path);

    [LoggerMessage(5, LogLevel.Information, "Scenario: {Kind} at frame {Position}.")]
    public static partial void Fault(ILogger logger, FaultKind kind, long position);
}
