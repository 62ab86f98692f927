namespace Crypto.Bench;

/// <summary>One benchmark: measures, and reports figures with the ratio that makes them comparable across machines.</summary>
internal interface IBenchmark
{
    /// <summary>What <c>crypto bench NAME</c> calls it.</summary>
    string Name { get; }

    /// <summary>One line for the list of benchmarks.</summary>
    string Description { get; }

    /// <summary>Part of <c>crypto bench</c> without a name: the pipeline from frame to candle.</summary>
    bool IsPartOfPipeline { get; }

    Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation);
}
