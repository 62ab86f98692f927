using Crypto.Standalone.Commands;
using Crypto.Testing;

namespace Crypto.Standalone.Tests.Commands;

/// <summary>What the commands beside <c>up</c> refuse before they do anything.</summary>
public sealed class CommandRefusalTests
{
    private static readonly string Nowhere = $"http://127.0.0.1:{FreePorts.Take()}";

    public static TheoryData<string[], string> Reconcile => new()
    {
        { ["--symbol", "BTC/USDT", "--http", Nowhere], "--symbol BTC/USDT: no symbol; write BTCUSDT or binance-usdm:BTCUSDT" },
        { ["--symbol", "kraken:BTCUSDT", "--http", Nowhere], "--symbol kraken:BTCUSDT: no symbol; write BTCUSDT or binance-usdm:BTCUSDT" },
        { ["--symbol", "BTCUSDT", "--interval", "2m", "--http", Nowhere], "--interval 2m: use one of 1s 1m 5m 15m 1h 4h 1d" },
        { ["--symbol", "BTCUSDT", "--from", "yesterday", "--http", Nowhere], "--from yesterday: no time; write 2024-08-09T00:00:00Z" },
        { ["--symbol", "BTCUSDT", "--to", "9 of clock", "--http", Nowhere], "--to 9 of clock: no time; write 2024-08-09T00:00:00Z" },
        { ["--symbol", "BTCUSDT", "--http", "nowhere"], "--http nowhere: must be a port or a URL like http://127.0.0.1:8080" },
        { ["--symbol", "BTCUSDT", "--http", Nowhere, "--market-url", "nowhere"], "--market-url nowhere: must be a URL like http://127.0.0.1:8082" },
    };

    public static TheoryData<string[], string> Replay => new()
    {
        { ["--from", "soon", "--to", "2024-08-09T00:00:00Z"], "--from soon: no time; write 2024-08-09T00:00:00Z" },
        { ["--from", "2024-08-09T00:00:00Z", "--to", "later"], "--to later: no time; write 2024-08-09T00:00:00Z" },
        { ["--from", "2024-08-09T00:00:00Z", "--to", "2024-08-09T00:00:00Z"], "--to is not after --from" },
        { ["--from", "2024-08-09T01:00:00+02:00", "--to", "2024-08-08T22:59:59Z"], "--to is not after --from" },
    };

    [Theory]
    [MemberData(nameof(Reconcile))]
    public async Task Reconcile_names_the_option_the_value_and_the_fix(string[] arguments, string line) =>
        Assert.Equal(line, await CommandLine.RefusalAsync(new ReconcileCommand(), arguments));

    [Fact]
    public async Task Reconcile_names_a_file_that_it_cannot_read()
    {
        var refusal = await CommandLine.RefusalAsync(
            new ReconcileCommand(), "--symbol", "BTCUSDT", "--http", Nowhere, "--klines", "/nowhere/klines.csv");

        Assert.StartsWith("--klines: ", refusal, StringComparison.Ordinal);
        Assert.Contains("/nowhere/klines.csv", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reconcile_says_that_the_system_it_asks_does_not_answer()
    {
        var refusal = await CommandLine.RefusalAsync(new ReconcileCommand(), "--symbol", "BTCUSDT", "--http", Nowhere);

        Assert.StartsWith($"{Nowhere}/ does not answer: ", refusal, StringComparison.Ordinal);
        Assert.EndsWith("(does the system run?)", refusal, StringComparison.Ordinal);
    }

    public static TheoryData<string[], string> Backfill => new()
    {
        { ["--symbol", "BTCUSDT", "--http", Nowhere], "say since when with --from 2024-08-09T00:00:00Z, or name a --file" },
        { ["--symbol", "BTCUSDT", "--from", "2024-08-09", "--to", "2024-08-09", "--http", Nowhere], "--to is not after --from" },
        { ["--symbol", "BTCUSDT", "--from", "soon", "--http", Nowhere], "--from soon: no time; write 2024-08-09T00:00:00Z" },
        { ["--symbol", "BTC/USDT", "--from", "2024-08-09", "--http", Nowhere], "--symbol BTC/USDT: no symbol; write BTCUSDT or binance-usdm:BTCUSDT" },
        { ["--from", "2024-08-09", "--http", Nowhere], "name the instrument with --symbol BTCUSDT" },
        { ["--symbol", "BTCUSDT", "--from", "2024-08-09", "--http", "nowhere"], "--http nowhere: must be a port or a URL like http://127.0.0.1:8080" },
        { ["--symbol", "BTCUSDT", "--from", "2024-08-09", "--replace", "--http", Nowhere], "with --http the database is not known: name it with --postgres" },
    };

    [Theory]
    [MemberData(nameof(Backfill))]
    public async Task Backfill_names_what_is_missing_or_wrong(string[] arguments, string line) =>
        Assert.Equal(line, await CommandLine.RefusalAsync(new BackfillCommand(), arguments));

    [Fact]
    public async Task Export_names_a_folder_without_an_archive() => Assert.Equal(
        "--folder /nowhere: there is no archive of crypto.trades in it; Storage:RawFolder and Storage:RawTopics make one",
        await CommandLine.RefusalAsync(new ExportCommand(), "raw", "--folder", "/nowhere"));

    [Theory]
    [MemberData(nameof(Replay))]
    public async Task Replay_names_the_time_that_is_wrong(string[] arguments, string line) =>
        Assert.Equal(line, await CommandLine.RefusalAsync(new ReplayCommand(), [.. arguments, "--postgres", "Host=nowhere"]));

    [Fact]
    public async Task Replay_says_that_the_database_cannot_be_reached()
    {
        var refusal = await CommandLine.RefusalAsync(new ReplayCommand(),
            "--from", "2024-08-09T00:00:00Z", "--to", "2024-08-10T00:00:00Z",
            "--postgres", $"Host=127.0.0.1;Port={FreePorts.Take()};Username=nobody;Password=none");

        Assert.StartsWith("the database cannot be used: ", refusal, StringComparison.Ordinal);
        Assert.EndsWith("(does the system run?)", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_say_how_to_start_a_system_where_the_data_folder_has_none()
    {
        using var folder = new TemporaryFolder();
        var expected = $"nothing was started on {folder.Path}: start it with `crypto up`, or name a system with --http URL";

        Assert.Equal(expected, await CommandLine.RefusalAsync(new ReconcileCommand(), "--symbol", "BTCUSDT", "--data", folder.Path));
        Assert.Equal(expected, await CommandLine.RefusalAsync(
            new ReplayCommand(), "--from", "2024-08-09T00:00:00Z", "--to", "2024-08-10T00:00:00Z", "--data", folder.Path));
    }

    [Theory]
    [InlineData("--seeds", "0", "--seeds 0: must be at least 1")]
    [InlineData("--first-seed", "-1", "--first-seed -1: must not be negative")]
    public async Task Chaos_wants_at_least_one_scenario_of_a_seed_that_exists(string option, string value, string line) =>
        Assert.Equal(line, await CommandLine.RefusalAsync(new ChaosCommand(), option, value));

    [Fact]
    public void What_a_command_cannot_do_without_is_required()
    {
        Assert.Contains("--symbol", Assert.Single(new ReconcileCommand().Parse([]).Errors).Message, StringComparison.Ordinal);
        Assert.Equal(2, new ReplayCommand().Parse([]).Errors.Count);
    }
}
