using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>The whole pipeline against bad days of the exchange; a failing seed prints how to run it again.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Whatever_a_bad_day_does_the_store_equals_the_recording()
    {
        var seeds = TestScale.Count(200);
        await using var process = StandaloneProcess.Start("chaos", "--seeds", $"{seeds}");

        var exitCode = await process.ExitAsync(TimeSpan.FromSeconds(30 + seeds * 30));

        Assert.True(exitCode == 0, process.Output);
        Assert.Contains($"{seeds} of {seeds} seeds passed", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_impossible_number_of_seeds_is_refused()
    {
        await using var process = StandaloneProcess.Start("chaos", "--seeds", "0");

        Assert.NotEqual(0, await process.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("--seeds 0: must be at least 1", process.Output, StringComparison.Ordinal);
    }
}
