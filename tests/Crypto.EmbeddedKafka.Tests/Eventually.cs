namespace Crypto.EmbeddedKafka.Tests;

/// <summary>Waits for something that comes true by itself.</summary>
internal static class Eventually
{
    internal static async Task Async(Func<bool> condition, int withinSeconds = 60)
    {
        var end = DateTime.UtcNow.AddSeconds(withinSeconds);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, $"it did not come true within {withinSeconds} s");
            await Task.Delay(50);
        }
    }
}
