using Crypto.Ingestion.Sequencing;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Repair;

internal static partial class GapLog
{
    [LoggerMessage(LogLevel.Warning, "{Symbol}: {Count} trades are missing ({Range}, {Reason}); fetching them")]
    public static partial void Found(ILogger logger, string symbol, long count, IdRange range, string reason);

    [LoggerMessage(LogLevel.Information, "{Symbol}: {Count} trades of the past are fetched ({Range}, {Reason})")]
    public static partial void Backfilling(ILogger logger, string symbol, long count, IdRange range, string reason);

    [LoggerMessage(LogLevel.Information, "{Symbol}: the {Count} trades {Range} are there ({Reason})")]
    public static partial void Repaired(ILogger logger, string symbol, long count, IdRange range, string reason);

    [LoggerMessage(LogLevel.Error, "{Symbol}: {Count} trades stay missing ({Range}): {Cause}")]
    public static partial void Refused(ILogger logger, string symbol, long count, IdRange range, string cause);

    [LoggerMessage(LogLevel.Warning, "{Symbol}: the ids {Range} are no trades at the exchange ({Reason})")]
    public static partial void Void(ILogger logger, string symbol, IdRange range, string reason);

    [LoggerMessage(LogLevel.Warning, "{Symbol}: missing trades cannot be fetched now, next attempt in {Pause}: {Cause}")]
    public static partial void Waiting(ILogger logger, string symbol, TimeSpan pause, string cause);
}
