using System.CommandLine;
using Crypto.Standalone.Chaos;

namespace Crypto.Standalone.Commands;

/// <summary><c>crypto chaos</c>: the whole pipeline against bad days of the exchange, one for every seed.</summary>
internal sealed class ChaosCommand : Command
{
    private readonly Option<int> _seeds = new("--seeds") { Description = "How many scenarios", DefaultValueFactory = _ => 20 };
    private readonly Option<int> _first = new("--first-seed") { Description = "The first of them", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _timeout = new("--timeout") { Description = "Seconds that a scenario may take", DefaultValueFactory = _ => 90 };
    private readonly Option<int> _parallel = new("--parallel")
    {
        Description = "How many at a time: a bad day waits more than it works",
        DefaultValueFactory = _ => 4 * Environment.ProcessorCount,
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show the services' log" };

    public ChaosCommand() : base("chaos", "Play bad days of the exchange and check that nothing is lost, doubled or wrong")
    {
        Options.Add(_seeds);
        Options.Add(_first);
        Options.Add(_timeout);
        Options.Add(_parallel);
        Options.Add(_verbose);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (first, seeds, parallel) = (parsed.GetValue(_first), parsed.GetValue(_seeds), parsed.GetValue(_parallel));
        if (seeds < 1) throw new UsageException($"--seeds {seeds}: must be at least 1");
        if (first < 0) throw new UsageException($"--first-seed {first}: must not be negative");
        if (parallel < 1) throw new UsageException($"--parallel {parallel}: must be at least 1");
        await using var laboratory = await ChaosLaboratory.StartAsync(
            TimeSpan.FromSeconds(parsed.GetValue(_timeout)), parsed.GetValue(_verbose), cancellation);
        var failed = 0;
        var output = new Lock();
        var lanes = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(first, seeds), lanes, async (seed, stop) =>
        {
            var outcome = await laboratory.PlayAsync(seed, stop);
            lock (output)
            {
                Console.WriteLine(outcome.Line);
                if (outcome.Failure is null) return;
                failed++;
                Console.WriteLine($"  scenario: {outcome.Scenario}");
                Console.WriteLine($"  run it again: ./crypto chaos --seeds 1 --first-seed {seed}");
            }
        });
        Console.WriteLine($"{seeds - failed} of {seeds} seeds passed");
        return failed == 0 ? 0 : 1;
    }
}
