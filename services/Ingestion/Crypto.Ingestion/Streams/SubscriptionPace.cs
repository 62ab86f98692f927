namespace Crypto.Ingestion.Streams;

/// <summary>
/// Keeps connections and messages of this process under the exchange's limits: 300 connections in five minutes and five
/// messages a second per connection (kept for all connections together, which is stricter). Safe for many threads.
/// </summary>
public sealed class SubscriptionPace(TimeProvider clock)
{
    private const int ConnectsMax = 250;
    private static readonly TimeSpan ConnectsPer = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MessageEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _connects = [];
    private DateTimeOffset _nextMessage;

    /// <summary>Waits until another connection may be opened.</summary>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        while (Connect() is { } pause) await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
    }

    /// <summary>Waits until another message may be sent.</summary>
    public Task MessageAsync(CancellationToken cancellation)
    {
        TimeSpan pause;
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            pause = _nextMessage > now ? _nextMessage - now : TimeSpan.Zero;
            _nextMessage = now + pause + MessageEvery;
        }
        return pause > TimeSpan.Zero ? Task.Delay(pause, clock, cancellation) : Task.CompletedTask;
    }

    private TimeSpan? Connect()
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            while (_connects.TryPeek(out var oldest) && oldest <= now - ConnectsPer) _connects.Dequeue();
            if (_connects.Count >= ConnectsMax) return _connects.Peek() + ConnectsPer - now;
            _connects.Enqueue(now);
            return null;
        }
    }
}
