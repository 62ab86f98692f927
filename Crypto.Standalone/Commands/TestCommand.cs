using System.Collections.Concurrent;
using System.CommandLine;
using System.Xml.Linq;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary>
/// <c>crypto test</c>: the portable tests; with <c>--ci</c> the style too, and the whole solution's tests where its packages can be had.
/// </summary>
internal sealed class TestCommand : Command
{
    private const string Portable = "Crypto.Portable.slnf";

    // The longest first, so that the lanes end together.
    private static readonly string[] Longest = ["EndToEnd", "Aggregation", "Page", "EmbeddedKafka", "Query.Tests", "Storage"];

    // They wait much, for a broker that is away or an outage's end: a lane of their own.
    private static readonly string[] Waiting = ["Crypto.Kafka.Tests", "Ingestion"];

    // With every count whole, Storage waits most of its time for a database that is away.
    private static readonly string[] WaitingWhole = [.. Waiting, "Storage"];

    // It has tests with every count whole (the trait `Machine=Quiet`) that hold the product to a time on a machine that does
    // nothing else.
    private const string Timed = "Ingestion";

    // Compilers do not run long enough to gain by being watched (a build of everything takes 48 s without it, 80 s with it),
    // and hardly by compiling anew what ran thirty times (0x100 instead: another tenth).
    private static readonly Dictionary<string, string> Briefly = new()
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountThreshold"] = "100",
    };

    private readonly Option<bool> _long = new("--long") { Description = "Run every count whole (under 45 minutes) instead of a tenth" };
    private readonly Option<bool> _ci = new("--ci") { Description = "Also check the style, and test the Aspire solution where the feed has its packages" };
    private readonly Option<string?> _filter = new("--filter") { Description = "Only the test projects whose name contains this" };
    private readonly Option<bool> _built = new("--built") { Description = "The portable part is built and its clients are there", Hidden = true };

    public TestCommand() : base("test", "Build and run the tests")
    {
        Options.Add(_long);
        Options.Add(_ci);
        Options.Add(_filter);
        Options.Add(_built);
        SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(_long), parsed.GetValue(_ci), parsed.GetValue(_filter), parsed.GetValue(_built), cancellation));
    }

    private static async Task<int> RunAsync(bool whole, bool ci, string? filter, bool isBuilt, CancellationToken cancellation)
    {
        var root = Repository.Root ?? throw new UsageException("test works in a clone of the repository only");
        var solution = Portable;
        string[] alone = [];
        if (ci && await RestoresAsync("Crypto.sln", root, cancellation))
        {
            solution = "Crypto.sln";
            Console.WriteLine("The feed has the Aspire packages: building and testing the whole solution (Crypto.sln).");
        }
        else if (ci)
        {
            // What the solution has beyond the portable part may still be had in parts.
            var portable = TestProjects(root, solution, filter).ToHashSet();
            var beyond = TestProjects(root, "Crypto.sln", filter).Where(project => !portable.Contains(project)).ToList();
            var restored = new List<string>();
            foreach (var project in beyond)
                if (await RestoresAsync(project, root, cancellation)) restored.Add(project);
            alone = [.. restored];
            Console.WriteLine("The feed lacks packages of the Aspire host: building and testing the portable part (Crypto.Portable.slnf)"
                + $" and, of the rest, {Names(alone)}; not {Names(beyond.Except(alone))}.");
        }
        var environment = new Dictionary<string, string>(Briefly) { ["CRYPTO_TEST_LONG"] = whole ? "1" : "0" };
        // `./crypto test` comes with both; whoever calls this program by itself waits here.
        var clients = isBuilt || OperatingSystem.IsWindows()
            ? 0
            : await Processes.RunAsync("bash", [Path.Combine("eng", "test-clients.sh")], root, environment, cancellation);
        if (clients != 0) throw new UsageException("the clients that the tests drive could not be installed; the lines above say why");
        // Builds leave the whitespace out (see Directory.Build.props).
        if (ci && await Processes.RunAsync("dotnet", ["format", "whitespace", ".", "--folder", "--verify-no-changes"], root, environment, cancellation) != 0)
            return 1;
        string[] missing = isBuilt && solution == Portable ? alone : [solution, .. alone];
        if (!await BuildAsync(missing, root, checkStyle: ci, cancellation)) return 1;

        // Hundreds of short processes: what a compiler gains by compiling anew what ran thirty times it spends before they
        // end (0x400 calls instead); so it is with changing the protection of the pages it writes.
        environment["DOTNET_TC_CallCountThreshold"] = "400";
        environment["DOTNET_EnableWriteXorExecute"] = "0";
        // A worker that finds no work spins before it sleeps, which takes the processor from the other processes.
        environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        using var memory = whole ? null : MemoryFolder.TryMake();
        if (memory is not null) environment["TMPDIR"] = memory.Path;
        var total = new TestTally();
        var projects = TestProjects(root, solution, filter).Concat(alone).ToList();
        if (whole)
            foreach (var project in projects.Where(IsTimed)) await RunProjectAsync(project, "Machine=Quiet");
        var isWaiting = projects.ToLookup(project => (whole ? WaitingWhole : Waiting).Any(project.Contains));
        var (busy, waiting) = (new ConcurrentQueue<string>(isWaiting[false]), new ConcurrentQueue<string>(isWaiting[true]));
        var longestEnded = new TaskCompletionSource();
        if (!busy.Any(IsLongest)) longestEnded.SetResult();
        await Task.WhenAll(RunLaneAsync(busy), RunLaneAsync(busy), RunThirdLaneAsync());
        Console.WriteLine(total);
        return total.IsGreen ? 0 : 1;

        async Task RunLaneAsync(ConcurrentQueue<string> lane)
        {
            while (lane.TryDequeue(out var project))
            {
                try
                {
                    await RunProjectAsync(project, whole && IsTimed(project) ? "Machine!=Quiet" : null);
                }
                finally
                {
                    if (IsLongest(project)) longestEnded.SetResult();
                }
            }
        }

        // Two lanes keep two cores busy while their tests compute; with a third the same run took 11:34 instead of 11:10. What
        // comes after the longest waits more: two lanes kept the cores 60 to 75 % busy there, three 85 to 100 %.
        async Task RunThirdLaneAsync()
        {
            await RunLaneAsync(waiting);
            await longestEnded.Task;
            await RunLaneAsync(busy);
        }

        async Task RunProjectAsync(string project, string? tests)
        {
            var lines = new List<string>();
            // The longest holds the product to seconds: beside it the others are polite.
            string[] program = OperatingSystem.IsWindows() || IsLongest(project)
                ? ["dotnet"]
                : ["nice", "-n", "5", "dotnet"];
            var exitCode = await Processes.RunAsync(program[0],
                [.. program[1..], "test", AssemblyOf(project), "--nologo", "--logger", "console;verbosity=minimal",
                    .. tests is null ? (string[])[] : ["--filter", tests]],
                root, environment, cancellation, lines.Add);
            lock (total)
            {
                foreach (var line in lines) Console.WriteLine(line);
                total.Add(lines, exitCode);
            }
        }
    }

    private static bool IsLongest(string project) => project.Contains(Longest[0], StringComparison.Ordinal);

    private static bool IsTimed(string project) => project.Contains(Timed, StringComparison.Ordinal);

    // The assembly instead of its project: what is built need not be evaluated again.
    private static string AssemblyOf(string project) => Path.Combine(
        Path.GetDirectoryName(project)!, "bin", "Release", "net10.0", Path.GetFileNameWithoutExtension(project) + ".dll");

    private static async Task<bool> BuildAsync(string[] projects, string root, bool checkStyle, CancellationToken cancellation)
    {
        foreach (var project in projects)
        {
            string[] build = ["build", project, "-c", "Release", "-v", "quiet", "--nologo", $"-p:RunAnalyzers={checkStyle}"];
            if (await Processes.RunAsync("dotnet", build, root, Briefly, cancellation) != 0) return false;
        }
        return true;
    }

    private static async Task<bool> RestoresAsync(string project, string root, CancellationToken cancellation)
    {
        // A project whose SDK the feed lacks is skipped: in a solution with NU1503, as another project's reference without a word.
        foreach (var one in (string[])[project, .. ReferencesOf(project, root)])
            if (await Processes.QuietAsync("dotnet", ["restore", one, "--nologo", "-warnaserror:NU1503"], root, cancellation) != 0)
                return false;
        return true;
    }

    private static IEnumerable<string> ReferencesOf(string project, string root) => !project.EndsWith(".csproj", StringComparison.Ordinal)
        ? []
        : XDocument.Load(Path.Combine(root, project)).Descendants("ProjectReference").Attributes("Include")
            .Select(reference => Path.GetFullPath(Path.Combine(root, Path.GetDirectoryName(project)!, reference.Value.Replace('\\', '/'))));

    private static string Names(IEnumerable<string> projects) =>
        string.Join(", ", projects.Select(Path.GetFileNameWithoutExtension).DefaultIfEmpty("nothing"));

    private static IEnumerable<string> TestProjects(string root, string solution, string? filter) =>
        Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => File.ReadAllText(Path.Combine(root, solution)).Replace(@"\\", "/", StringComparison.Ordinal)
                .Replace('\\', '/').Contains(file.Replace('\\', '/'), StringComparison.Ordinal))
            .Where(file => filter is null || file.Contains(filter, StringComparison.OrdinalIgnoreCase))
            .OrderBy(file => Array.FindIndex(Longest, file.Contains) is var place and >= 0 ? place : Longest.Length)
            .ThenBy(file => file, StringComparer.Ordinal);
}
