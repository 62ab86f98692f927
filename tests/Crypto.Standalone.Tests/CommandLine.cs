using System.CommandLine;
using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Tests;

/// <summary>Command lines as the program reads them, without a process around them.</summary>
internal static class CommandLine
{
    /// <summary>What <c>crypto up</c> makes of the arguments.</summary>
    public static UpOptions Up(params string[] arguments)
    {
        var up = new UpCommand();
        var parsed = up.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return UpOptionsReader.Read(up, parsed);
    }

    /// <summary>Runs a command as the program does: failures come to the caller.</summary>
    public static Task<int> RunAsync(Command command, params string[] arguments)
    {
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>The line that a command ends with when something about its arguments is wrong.</summary>
    public static async Task<string> RefusalAsync(Command command, params string[] arguments) =>
        (await Assert.ThrowsAsync<UsageException>(() => RunAsync(command, arguments))).Message;
}
