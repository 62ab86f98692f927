using System.Diagnostics;
using Crypto.Page.Tests.Support;
using Crypto.Testing;
using Xunit;

namespace Crypto.Page.Tests;

/// <summary>The page's own tests, which run in Node.</summary>
public sealed class UnitTests
{
    [PageFact]
    public async Task The_pages_own_unit_tests_pass()
    {
        var start = new ProcessStartInfo("npm", ["test", "--silent"])
        {
            WorkingDirectory = Path.Combine(TestData.RepositoryRoot, "services", "Query", "Crypto.Query", "web"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}\n{await errors}");
    }
}
