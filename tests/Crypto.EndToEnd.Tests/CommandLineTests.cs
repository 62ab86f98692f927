using System.Net;
using System.Net.Sockets;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>What cannot work is told in one line that names the setting, the value and the fix, with an exit code of its own.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["up", "--colour", "red"], "--colour" },
        { ["up", "--market", "imagined"], "--market imagined: must be recorded or live" },
        { ["up", "--speed", "fast"], "--speed fast: must be a positive number or max" },
        { ["up", "--clock", "now", "--speed", "5"], "--clock now goes with --speed 1" },
        { ["up", "--symbols", "BTC/USDT"], "--symbols BTC/USDT: is no symbol of binance" },
        { ["up", "--roles", "storage,cooking"], "--roles cooking: must be of market" },
        { ["up", "--http", "70000"], "--http 70000: must be a port" },
        { ["up", "--dashboard", "--dashboard-port", "65534"], "--dashboard-port 65534: must be a port, 1 to 65533" },
        { ["up", "--repair-max", "soon"], "--repair-max soon: write it like" },
        { ["up", "--recording", "/nowhere/at/all.frames"], "--recording /nowhere/at/all.frames: there is no such file" },
        { ["up", "--market-url", "nowhere"], "--market-url nowhere: must be a URL" },
        { ["up", "--roles", "storage"], "start a process with the role postgres first" },
        { ["fly"], "fly" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_one_line_and_an_exit_code(string[] arguments, string expected)
    {
        using var folder = new TemporaryFolder();
        await using var process = StandaloneProcess.Start(arguments[0] == "up" ? [.. arguments, "--data", folder.Path] : arguments);

        Assert.NotEqual(0, await process.ExitAsync(TimeSpan.FromSeconds(20)));
        var line = Assert.Single(Lines(process));
        Assert.StartsWith("crypto: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_may_be_written_with_an_equals_sign()
    {
        await using var process = StandaloneProcess.Start("up", "--market=imagined");

        await process.ExitAsync(TimeSpan.FromSeconds(20));

        Assert.Contains("--market imagined", process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--http")]
    [InlineData("--grpc")]
    [InlineData("--kafka")]
    [InlineData("--market-port")]
    [InlineData("--postgres-port")]
    public async Task A_port_in_use_is_named_with_its_option(string option)
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        await using var pipeline = new Pipeline();
        var process = pipeline.Up(option, $"{port}");

        Assert.NotEqual(0, await process.ExitAsync(TimeSpan.FromSeconds(40)));

        var line = Lines(process).Last(l => l.StartsWith("crypto: ", StringComparison.Ordinal));
        Assert.Contains($"{port}", line, StringComparison.Ordinal);
        Assert.Contains(option, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_cannot_be_read_is_named()
    {
        using var folder = new TemporaryFolder();
        var recording = Path.Combine(folder.Path, "broken.frames");
        await File.WriteAllTextAsync(recording, "this is no recording\n");
        await using var pipeline = new Pipeline();
        var process = pipeline.Up("--recording", recording);

        Assert.NotEqual(0, await process.ExitAsync(TimeSpan.FromSeconds(40)));

        Assert.Contains("broken.frames", Lines(process).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_one_line()
    {
        await using var pipeline = new Pipeline();
        var process = pipeline.Up("--postgres", $"Host=127.0.0.1;Port={FreePorts.Take()};Username=nobody;Database=none");

        Assert.Equal(1, await process.ExitAsync(TimeSpan.FromSeconds(40)));

        Assert.Contains("PostgreSQL cannot be used", Lines(process).Last(), StringComparison.Ordinal);
        Assert.Contains("--postgres", Lines(process).Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_one_market_refuses_another_in_one_line()
    {
        await using var pipeline = new Pipeline();
        var first = pipeline.UpHere("--recording", TestData.PathOf(TestData.SpotBtcusdt), "--speed", "max");
        await first.HealthyAsync();
        await first.StopAsync(TimeSpan.FromSeconds(10));

        var other = pipeline.Up("--recording", TestData.PathOf(TestData.SpotEthusdt), "--speed", "max");

        Assert.Equal(1, await other.ExitAsync(TimeSpan.FromSeconds(40)));
        Assert.StartsWith("crypto: ", Lines(other).Last(), StringComparison.Ordinal);
        Assert.Contains("--data", Lines(other).Last(), StringComparison.Ordinal);
    }

    private static List<string> Lines(StandaloneProcess process) =>
        [.. process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
