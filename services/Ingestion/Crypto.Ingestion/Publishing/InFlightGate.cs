namespace Crypto.Ingestion.Publishing;

/// <summary>
/// Bounds the records given to the producer and not yet acknowledged. Whoever finds it full waits until three quarters are
/// left, so that one acknowledgement does not wake everybody. Waiting callers may overshoot the limit by one each.
/// Records belong to the even or the odd generation, so that a drain can wait for the older ones while newer ones flow.
/// </summary>
public sealed class InFlightGate(int limit)
{
    private readonly int _resumeAt = limit * 3 / 4;
    private readonly int[] _counts = new int[2];
    private readonly Lock _gate = new();
    private TaskCompletionSource? _room;
    private int _generation;

    public int Count => Volatile.Read(ref _counts[0]) + Volatile.Read(ref _counts[1]);

    /// <summary>True where there is room for one more; it is taken with <see cref="Enter"/>.</summary>
    public bool HasRoom => Count < limit;

    /// <summary>Takes room for a record and answers with its generation, 0 or 1, for <see cref="Leave"/>.</summary>
    public int Enter()
    {
        while (true)
        {
            var generation = Volatile.Read(ref _generation);
            Interlocked.Increment(ref _counts[generation]);
            if (Volatile.Read(ref _generation) == generation) return generation;
            // The generation turned in between, and its drain may have seen the count without this record.
            Interlocked.Decrement(ref _counts[generation]);
        }
    }

    /// <summary>One record was acknowledged, failed, or could not be given away after all.</summary>
    public void Leave(int generation)
    {
        Interlocked.Decrement(ref _counts[generation]);
        if (Volatile.Read(ref _room) is null || Count > _resumeAt) return;
        TaskCompletionSource? room;
        lock (_gate) (room, _room) = (_room, null);
        room?.SetResult();
    }

    /// <summary>Waits until there is room.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        while (!HasRoom)
        {
            Task room;
            lock (_gate) room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            // The last acknowledgement may have come before the source was there to be seen.
            if (Count <= _resumeAt) return;
            await room.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until every record that entered before this call has left. One caller at a time.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        var older = _generation;
        // The other generation's records entered before an earlier drain ended, or that drain was given up.
        while (Volatile.Read(ref _counts[1 - older]) > 0) await PauseAsync(cancellation).ConfigureAwait(false);
        Volatile.Write(ref _generation, 1 - older);
        while (Volatile.Read(ref _counts[older]) > 0) await PauseAsync(cancellation).ConfigureAwait(false);
    }

    private static Task PauseAsync(CancellationToken cancellation) => Task.Delay(TimeSpan.FromMilliseconds(10), cancellation);
}
