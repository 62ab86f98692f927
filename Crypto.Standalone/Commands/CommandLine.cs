using System.CommandLine;

namespace Crypto.Standalone.Commands;

/// <summary>The commands of <c>crypto</c>.</summary>
internal static class CommandLine
{
    /// <summary>
    /// Runs one command to its end, or until <paramref name="cancellation"/> stops it as a signal would. Whatever is wrong with the
    /// command line, the environment or a setting is one line on standard error; a bug of ours keeps its stack trace.
    /// </summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var root = new RootCommand("Crypto: a market-data platform that proves nothing is missing")
        {
            new UpCommand(),
            new TestCommand(),
            new BenchCommand(),
            new ReconcileCommand(),
            new ReplayCommand(),
            new BackfillCommand(),
            new DeadLettersCommand(),
            new ExportCommand(),
            new ChaosCommand(),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            var command = parsed.CommandResult.Command;
            var wrong = command == root && arguments.Length > 0 ? $"there is no command {arguments[0]}" : parsed.Errors[0].Message.TrimEnd('.');
            await Console.Error.WriteLineAsync($"crypto: {wrong} (see crypto {(command == root ? "" : command.Name + " ")}--help)");
            return 2;
        }
        try
        {
            var plainly = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(plainly, cancellation);
        }
        catch (Exception e) when (Failure.Explain(e) is { } line)
        {
            await Console.Error.WriteLineAsync($"crypto: {line}");
            return 1;
        }
    }
}
