namespace Crypto.MarketReplay.Tests.Support;

/// <summary>Wall time that a test sets; it stands still in between. Timers and time-outs stay real.</summary>
internal sealed class SetTime(DateTimeOffset now) : TimeProvider
{
    private long _ticks = now.UtcTicks;

    public DateTimeOffset Now
    {
        get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
        set => Volatile.Write(ref _ticks, value.UtcTicks);
    }

    public override DateTimeOffset GetUtcNow() => Now;
}
