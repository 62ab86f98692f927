using System.Diagnostics;
using System.Text.Json;
using Crypto.Testing;

namespace Crypto.EndToEnd.Tests;

/// <summary>The Aspire CLI as a user calls it, installed from npm by the test set-up.</summary>
internal static class AspireCli
{
    private static readonly string Program = Path.Combine(
        TestData.RepositoryRoot, "tests", "clients", "node_modules", "@microsoft", "aspire-cli-linux-x64", "bin", "aspire");

    /// <summary>Installs it where it is missing, and names it to the systems that this process starts.</summary>
    public static async Task InstallAsync()
    {
        await RunAsync(Path.Combine(TestData.RepositoryRoot, "eng", "test-clients.sh"), "aspire");
        Environment.SetEnvironmentVariable("CRYPTO_ASPIRE", Program);
    }

    /// <summary><c>aspire otel WHAT</c> of a dashboard: its answer, a JSON array.</summary>
    public static async Task<JsonElement> OtelAsync(string what, string dashboard)
    {
        var answer = await RunAsync(
            Program, "otel", what, "--dashboard-url", dashboard, "--format", "Json", "--limit", "500", "--non-interactive", "--nologo");
        using var document = JsonDocument.Parse(answer);
        return document.RootElement.Clone();
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await errors}{output}");
        return output;
    }
}
