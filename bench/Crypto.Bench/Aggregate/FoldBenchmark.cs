namespace Crypto.Bench.Aggregate;

/// <summary>Trades folded per second in memory, into all seven intervals, beside a naive loop in the same run.</summary>
internal sealed class FoldBenchmark : IBenchmark
{
    private const int Count = 2_000_000;

    public string Name => "fold";

    public string Description => "trades folded per second in memory, seven intervals, beside a naive loop";

    public bool IsPartOfPipeline => true;

    public Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        Measure(report);
        return Task.CompletedTask;
    }

    /// <summary>Best of five, one core: what the code can do when nothing else runs.</summary>
    public static void Measure(BenchReport report)
    {
        report.Heading($"Fold: {Count:N0} trades in memory into seven intervals, ids checked, exact sums, one core");
        var load = new FoldLoad(Count);
        var naive = Enumerable.Range(0, 3).Max(_ => load.Naive());
        var runs = Enumerable.Range(0, 5).Select(_ => load.Ours()).ToList();
        var best = runs.MaxBy(run => run.Rate);
        report.Goal("trades folded", best.Rate, "trades/s", 2_000_000);
        report.Goal("allocated", runs.Min(run => run.BytesPerTrade), "bytes/trade", 0.01, atMost: true);
        report.Figure("naive loop: dictionary and decimals", naive, "trades/s");
        report.Figure("ratio", best.Rate / naive, "times the naive loop");
    }
}
