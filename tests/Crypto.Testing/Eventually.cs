namespace Crypto.Testing;

/// <summary>Waits for a condition instead of sleeping for a time.</summary>
public static class Eventually
{
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
}
