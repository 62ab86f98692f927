using System.CommandLine;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary><c>crypto bench [NAME]</c>: runs the programs of <c>bench/</c>.</summary>
internal sealed class BenchCommand : Command
{
    private readonly Argument<string[]> _arguments = new("arguments")
    {
        Description = "Which benchmark (none: the whole pipeline), and its arguments",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public BenchCommand() : base("bench", "Measure: ratios within one run, since machines are noisy")
    {
        TreatUnmatchedTokensAsErrors = false;
        Arguments.Add(_arguments);
        SetAction((parsed, cancellation) => RunAsync(
            [.. parsed.GetValue(_arguments) ?? [], .. parsed.UnmatchedTokens], cancellation));
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var root = Repository.Root ?? throw new UsageException("bench works in a clone of the repository only");
        var project = Path.Combine("bench", "Crypto.Bench");
        var none = new Dictionary<string, string>();
        if (await Processes.RunAsync("dotnet", ["build", project, "-c", "Release", "-v", "quiet", "--nologo"], root, none, cancellation) != 0)
            return 1;
        var program = Path.Combine(project, "bin", "Release", "net10.0", "Crypto.Bench.dll");
        return await Processes.RunAsync("dotnet", [program, .. arguments], root, none, cancellation);
    }
}
