using System.Diagnostics;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

/// <summary>Runs a client's program and gives back what it printed.</summary>
internal static class ForeignClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    /// <summary>Makes sure that a client of eng/test-clients.sh is there.</summary>
    internal static Task InstallAsync(string client) =>
        RunAsync("bash", [Path.Combine(TestData.RepositoryRoot, "eng", "test-clients.sh"), client]);

    internal static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end within {Patience}:\n{await output}\n{await errors}");
        }
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        return await output;
    }
}
