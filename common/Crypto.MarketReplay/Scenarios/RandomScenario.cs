namespace Crypto.MarketReplay.Scenarios;

/// <summary>Makes scenarios of a seed: some faults of every kind, spread over the recording, and an end in peace.</summary>
internal static class RandomScenario
{
    private const int MostFaults = 14;

    // What happens to streams more often than what happens to requests.
    private static readonly FaultKind[] Kinds =
    [
        FaultKind.Skip, FaultKind.Skip, FaultKind.Repeat, FaultKind.Reorder, FaultKind.Drop, FaultKind.Drop, FaultKind.Tear,
        FaultKind.Close, FaultKind.Silence, FaultKind.Shutdown, FaultKind.Garbage, FaultKind.Garbage, FaultKind.Oversized,
        FaultKind.Status, FaultKind.Status, FaultKind.Timeout, FaultKind.Cut, FaultKind.Refuse,
    ];

    // Only what passes: after a 403 or 451 a client is right to give up.
    private static readonly int[] Statuses = [429, 418, 500, 502, 503, 504];

    public static Scenario Make(int seed, long frames)
    {
        var random = new Random(seed);
        var faults = new List<Fault>();
        // The beginning stays undisturbed: what a client never heard of, it cannot miss. So does the last tenth, so that the
        // repairs can be seen to be complete.
        var first = frames / 50;
        var last = Math.Max(first + 1, frames * 9 / 10);
        for (var count = random.Next(3, MostFaults + 1); count > 0; count--) faults.Add(MakeFault(random, first, last));
        return new Scenario
        {
            Faults = [.. faults.OrderBy(f => f.Frame)],
            ConnectionLifetime = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(800, 3000)) : null,
        };
    }

    private static Fault MakeFault(Random random, long first, long last)
    {
        var frame = random.NextInt64(first, last);
        var frames = random.Next(10) == 0 ? random.Next(200, 1000) : random.Next(1, 30);
        var kind = Kinds[random.Next(Kinds.Length)];
        return new Fault
        {
            Kind = kind,
            Frame = frame,
            Frames = (int)Math.Min(frames, last - frame),
            Requests = random.Next(1, 4),
            Status = Statuses[random.Next(Statuses.Length)],
            RetryAfter = random.Next(0, 2),
            For = TimeSpan.FromMilliseconds(kind == FaultKind.Silence ? random.Next(1000, 4000) : random.Next(50, 1500)),
            Bytes = random.Next(100_000, 8_000_000),
        };
    }
}
