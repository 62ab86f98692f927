using System.Globalization;

namespace Crypto.Bench.Aggregate;

/// <summary>
/// Trades into candles: in memory, then durable from a filled topic to committed candles of seven intervals, beside
/// <c>psql \copy</c> of the same trades; last, how soon a restart on ten million trades has its first live candle.
/// </summary>
internal sealed class AggregateBenchmark : IBenchmark
{
    private const int Rounds = 3;

    public string Name => "aggregate";

    public string Description => "trades folded in memory and durably, beside a naive loop and psql \\copy; restart on many trades  [count] [stored]";

    public bool IsPartOfPipeline => false;

    public async Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var count = Argument(arguments, 0, 1_000_000);
        var stored = Argument(arguments, 1, 10_000_000);
        if (count > 0) FoldBenchmark.Measure(report);
        if (count > 0) await BenchSystem.WithAsync(Name, system => DurableAsync(report, count, system, cancellation), cancellation);
        if (stored > 0) await BenchSystem.WithAsync(Name, system => RestartBenchmark.MeasureAsync(report, stored, system, cancellation), cancellation);
    }

    private static int Argument(IReadOnlyList<string> arguments, int at, int otherwise) =>
        arguments.Count > at ? int.Parse(arguments[at], CultureInfo.InvariantCulture) : otherwise;

    private static async Task DurableAsync(BenchReport report, int count, BenchSystem system, CancellationToken cancellation)
    {
        report.Heading($"Durable: {count:N0} trades of five symbols in {BenchSystem.Partitions} partitions to candles of seven intervals, fsync on");
        var psql = await system.FillAsync(count, cancellation);
        await using (var role = await AggregationRole.StartAsync(system, cancellation)) await role.UntilFoldedAsync(count, cancellation);
        var (ours, copy) = (new List<(double Rate, double Cores)>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            await system.EmptyAsync(cancellation);
            await using (var role = await AggregationRole.StartAsync(system, cancellation)) ours.Add(await role.UntilFoldedAsync(count, cancellation));
            await system.EmptyAsync(cancellation);
            copy.Add(await psql.ImportAsync(cancellation));
        }
        var (median, copied) = (ours.OrderBy(o => o.Rate).ElementAt(Rounds / 2), copy.Order().ElementAt(Rounds / 2));
        report.Goal("trades aggregated, topic to committed candles", median.Rate, "trades/s (median of 3)", 100_000);
        report.Figure("of this process, broker and role together", median.Cores, "cores busy");
        report.Figure("psql \\copy of the same trades", copied, "rows/s (median of 3)");
        report.Figure("ratio", median.Rate / copied, "of \\copy");
    }
}
