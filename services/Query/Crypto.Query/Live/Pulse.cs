namespace Crypto.Query.Live;

/// <summary>
/// Wakes everybody who waits for a change. A waiter takes <see cref="Next"/> before it looks, so that no change between
/// its look and its wait is missed.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = Create();

    /// <summary>Completes at the next change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, Create()).SetResult();

    // A waiter's work must not run on the thread that reads Kafka.
    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
