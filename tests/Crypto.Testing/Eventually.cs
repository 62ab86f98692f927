using System.Diagnostics;

namespace Crypto.Testing;

/// <summary>Waits for a condition instead of sleeping for a time.</summary>
public static class Eventually
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks the condition until it holds.</summary>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task IsTrueAsync(Func<bool> condition, TimeSpan? within = null, Func<string>? describe = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(90);
        var deadline = DateTime.UtcNow + limit;
        while (!condition())
        {
            if (DateTime.UtcNow > deadline) throw new TimeoutException($"not within {limit}: {describe?.Invoke() ?? "the condition"}");
            await Task.Delay(10);
        }
    }

    /// <summary>Asks the condition until it holds; a question that takes long is asked less often.</summary>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var (limit, since) = (within ?? TimeSpan.FromSeconds(90), Stopwatch.GetTimestamp());
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            if (await condition()) return;
            if (Stopwatch.GetElapsedTime(since) > limit) throw new TimeoutException($"not within {limit}: {what}");
            await PauseAsync(TimeSpan.FromMilliseconds(20), asked);
        }
    }

    /// <summary>Pauses before a question is asked again: four times as long as it took, so that the answer is not kept from coming.</summary>
    public static Task PauseAsync(TimeSpan atLeast, long askedAt)
    {
        var pause = 4 * Stopwatch.GetElapsedTime(askedAt);
        return Task.Delay(pause < atLeast ? atLeast : pause > PauseMax ? PauseMax : pause);
    }
}
