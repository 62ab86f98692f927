namespace Crypto.MarketReplay.Sockets;

/// <summary>Allows so many messages in any second.</summary>
internal sealed class MessagePace(int perSecond, TimeProvider time)
{
    private readonly Queue<long> _recent = new();

    /// <summary>False where this message is one too many.</summary>
    public bool TryTake()
    {
        if (perSecond <= 0) return true;
        var now = time.GetTimestamp();
        while (_recent.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= TimeSpan.FromSeconds(1)) _recent.Dequeue();
        _recent.Enqueue(now);
        return _recent.Count <= perSecond;
    }
}
