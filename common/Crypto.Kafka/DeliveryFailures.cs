using Microsoft.Extensions.Logging;

namespace Crypto.Kafka;

/// <summary>
/// Says in the log that records were not taken: the first at once, then one line in ten seconds with the number of all since,
/// and one when records are taken again. While Kafka is away every record fails, thousands a second. Safe for many threads.
/// </summary>
/// <param name="logger">Where to say it.</param>
/// <param name="time">Counts the ten seconds.</param>
/// <param name="what">What the records are, for people: <c>trades</c>.</param>
/// <param name="consequence">What becomes of those that were not taken: a sentence, without a full stop.</param>
public sealed partial class DeliveryFailures(ILogger logger, TimeProvider time, string what, string consequence)
{
    /// <summary>The time between two lines.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private volatile bool _failing;
    private long _lineAt;
    private long _sinceLine;
    private long _inAll;

    /// <summary>A record was not taken.</summary>
    public void Failed(string topic, string reason)
    {
        lock (_gate)
        {
            _inAll++;
            _sinceLine++;
            if (_failing && time.GetElapsedTime(_lineAt) < Interval) return;
            Log.NotTaken(logger, _sinceLine, what, topic, reason, consequence);
            _lineAt = time.GetTimestamp();
            _sinceLine = 0;
            _failing = true;
        }
    }

    /// <summary>A record was taken.</summary>
    public void Succeeded()
    {
        if (!_failing) return;
        lock (_gate)
        {
            if (!_failing) return;
            Log.TakenAgain(logger, what, _inAll);
            (_failing, _sinceLine, _inAll) = (false, 0, 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error,
            "Kafka did not take {Count} {What}, the last of {Topic}: {Reason}. {Consequence}")]
        public static partial void NotTaken(ILogger logger, long count, string what, string topic, string reason, string consequence);

        [LoggerMessage(LogLevel.Information, "Kafka takes {What} again; {Count} were not taken")]
        public static partial void TakenAgain(ILogger logger, string what, long count);
    }
}
