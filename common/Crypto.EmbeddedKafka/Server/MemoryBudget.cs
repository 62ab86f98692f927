namespace Crypto.EmbeddedKafka.Server;

/// <summary>
/// Memory for requests that do not fit a connection's own buffer. Who asks for more than is left waits in line, and his
/// client with him: that slows senders down instead of filling the process.
/// </summary>
internal sealed class MemoryBudget
{
    private readonly long _total;
    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _left;

    internal MemoryBudget(long bytes) => _total = _left = bytes;

    /// <summary>Waits for its turn. What is larger than the whole budget is granted when nothing else is out.</summary>
    internal async ValueTask TakeAsync(long wanted, CancellationToken cancellation)
    {
        wanted = Math.Min(wanted, _total);
        TaskCompletionSource granted;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _left >= wanted)
            {
                _left -= wanted;
                return;
            }
            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((wanted, granted));
        }
        using var cancelling = cancellation.Register(() => granted.TrySetCanceled(cancellation));
        await granted.Task;
    }

    internal void Return(long taken)
    {
        lock (_gate)
        {
            _left += Math.Min(taken, _total);
            while (_waiting.TryPeek(out var next) && _left >= next.Bytes)
            {
                _waiting.Dequeue();
                if (next.Granted.TrySetResult()) // false: it gave up
                    _left -= next.Bytes;
            }
        }
    }
}
