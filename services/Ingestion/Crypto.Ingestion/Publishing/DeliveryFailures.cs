using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Publishing;

/// <summary>
/// Says in the log that records were not taken: the first at once, then one line in ten seconds with the number of all since,
/// and one when records are taken again. While Kafka is away every record fails, thousands a second. Safe for many threads.
/// </summary>
internal sealed partial class DeliveryFailures(ILogger logger, TimeProvider time)
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private volatile bool _failing;
    private long _lineAt;
    private long _sinceLine;
    private long _inAll;

    internal void Failed(string topic, string reason)
    {
        lock (_gate)
        {
            _inAll++;
            _sinceLine++;
            if (_failing && time.GetElapsedTime(_lineAt) < Interval) return;
            Log.NotTaken(logger, _sinceLine, topic, reason);
            _lineAt = time.GetTimestamp();
            _sinceLine = 0;
            _failing = true;
        }
    }

    internal void Succeeded()
    {
        if (!_failing) return;
        lock (_gate)
        {
            if (!_failing) return;
            Log.TakenAgain(logger, _inAll);
            (_failing, _sinceLine, _inAll) = (false, 0, 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error,
            "Kafka did not take {Count} records, the last of {Topic}: {Reason}. The auditor will notice what is missing")]
        public static partial void NotTaken(ILogger logger, long count, string topic, string reason);

        [LoggerMessage(LogLevel.Information, "Kafka takes records again; {Count} were not taken")]
        public static partial void TakenAgain(ILogger logger, long count);
    }
}
