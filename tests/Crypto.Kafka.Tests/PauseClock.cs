using System.Collections.Concurrent;

namespace Crypto.Kafka.Tests;

/// <summary>The system's clock, which notes for how long it is asked to wait.</summary>
internal sealed class PauseClock : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Pauses { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Pauses.Enqueue(dueTime);
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
