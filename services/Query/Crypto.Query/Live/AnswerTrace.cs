using System.Diagnostics;

namespace Crypto.Query.Live;

/// <summary>
/// The last span of a sampled trade's trace: from the arrival of the trade's candle here to the first answer that holds it.
/// </summary>
/// <param name="trade">The span that took the candle up.</param>
internal sealed class AnswerTrace(ActivityContext trade)
{
    private readonly DateTimeOffset _arrived = DateTimeOffset.UtcNow;
    private int _ended;

    /// <summary>The trace that goes on here: none where the record was not sampled.</summary>
    public static AnswerTrace? Of(Activity? record) => record is { Recorded: true } ? new AnswerTrace(record.Context) : null;

    /// <summary>
    /// A client is being given the candle. Only the first one counts: of a thousand that follow it, a thousand spans would
    /// tell nothing more.
    /// </summary>
    /// <param name="call">The method or path that was called.</param>
    public void End(string call)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        ActivityLink[] request = Activity.Current is { } current ? [new ActivityLink(current.Context)] : [];
        QueryTelemetry.Activities
            .StartActivity($"answer {call}", ActivityKind.Producer, trade, links: request, startTime: _arrived)?.Dispose();
    }
}
