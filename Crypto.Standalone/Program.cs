using System.CommandLine;
using Crypto.Standalone.Commands;

// One line for everything that is wrong with the command line, the environment or a setting; a stack trace for our bugs.
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
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    var command = parsed.CommandResult.Command;
    var wrong = command == root && args.Length > 0 ? $"there is no command {args[0]}" : parsed.Errors[0].Message.TrimEnd('.');
    await Console.Error.WriteLineAsync($"crypto: {wrong} (see crypto {(command == root ? "" : command.Name + " ")}--help)");
    return 2;
}
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception e) when (Failure.Explain(e) is { } line)
{
    await Console.Error.WriteLineAsync($"crypto: {line}");
    return 1;
}
