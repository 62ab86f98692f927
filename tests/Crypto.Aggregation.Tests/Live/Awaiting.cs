using System.Diagnostics;

namespace Crypto.Aggregation.Tests.Live;

/// <summary>Awaits a condition instead of a time.</summary>
internal static class Awaiting
{
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var patience = within ?? TimeSpan.FromSeconds(90);
        var since = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(since) > patience) throw new TimeoutException($"not within {patience}: {what}");
            await Task.Delay(20);
        }
    }
}
