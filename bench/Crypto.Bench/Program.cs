using Crypto.Bench;

// Every benchmark of this program; a new one is a class here and nothing else.
var benchmarks = typeof(IBenchmark).Assembly.GetTypes()
    .Where(type => type.IsAssignableTo(typeof(IBenchmark)) && !type.IsInterface)
    .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
    .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal)
    .ToList();
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, signal) =>
{
    signal.Cancel = true;
    interrupted.Cancel();
};

var chosen = args.Length == 0
    ? benchmarks.Where(benchmark => benchmark.IsPartOfPipeline).ToList()
    : benchmarks.Where(benchmark => benchmark.Name == args[0]).ToList();
if (chosen.Count == 0)
{
    await Console.Error.WriteLineAsync($"bench: there is no benchmark {string.Join(' ', args)}; there are:");
    foreach (var benchmark in benchmarks) await Console.Error.WriteLineAsync($"  {benchmark.Name,-12} {benchmark.Description}");
    return 2;
}
var report = new BenchReport();
Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}");
foreach (var benchmark in chosen) await benchmark.RunAsync(report, [.. args.Skip(1)], interrupted.Token);
return report.GoalsMet ? 0 : 1;
