namespace Crypto.EmbeddedKafka.Log;

/// <summary>A fetch that waits for something to be appended to any of its partitions.</summary>
internal sealed class AppendWaiter
{
    private readonly TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Appended => _appended.Task;

    internal void Wake() => _appended.TrySetResult();
}

/// <summary>The waiting fetches of one partition. An append without any costs one read.</summary>
internal sealed class AppendWaiters
{
    private readonly Lock _gate = new();
    private readonly List<AppendWaiter> _waiters = [];
    private volatile int _count;

    internal void Add(AppendWaiter waiter)
    {
        lock (_gate)
        {
            _waiters.Add(waiter);
            _count = _waiters.Count;
        }
    }

    internal void Remove(AppendWaiter waiter)
    {
        lock (_gate)
        {
            _waiters.Remove(waiter);
            _count = _waiters.Count;
        }
    }

    internal void WakeAll()
    {
        // The append was published before this read, and a waiter looks at the log again after it was added: with a full
        // fence on both sides one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (_count == 0)
            return;
        lock (_gate)
        {
            foreach (var waiter in _waiters)
                waiter.Wake();
        }
    }
}
