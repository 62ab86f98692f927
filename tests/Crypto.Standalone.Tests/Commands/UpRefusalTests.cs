using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Tests.Commands;

/// <summary>What <c>crypto up</c> refuses: each line names the option, the value and the fix.</summary>
public sealed class UpRefusalTests
{
    public static TheoryData<string[], string> Refused => new()
    {
        { ["--market", "imagined"], "--market imagined: must be recorded or live" },
        { ["--market", "LIVE"], "--market LIVE: must be recorded or live" },
        { ["--venue", "kraken"], "--venue kraken: must be binance or binance-usdm" },
        { ["--kafka-flush", "often"], "--kafka-flush often: must be never or always" },
        { ["--recording", "/nowhere.frames"], "--recording /nowhere.frames: there is no such file" },
        { ["--market", "live", "--recording", "any"], "--recording needs --market recorded: a live market is not replayed" },
        { ["--market", "live", "--scenario", "7"], "--scenario needs --market recorded: a live market is not replayed" },
        { ["--market", "live", "--loop"], "--loop needs --market recorded: a live market is not replayed" },
        { ["--market", "live", "--clock", "original"], "--clock original needs --market recorded: a live market is not replayed" },
        { ["--market", "live", "--speed", "max"], "--speed max needs --market recorded: a live market is not replayed" },
        { ["--speed", "fast"], "--speed fast: must be a positive number or max" },
        { ["--speed", "0"], "--speed 0: must be a positive number or max" },
        { ["--speed=-1"], "--speed -1: must be a positive number or max" },
        { ["--speed", "1e3"], "--speed 1e3: must be a positive number or max" },
        { ["--speed", "NaN"], "--speed NaN: must be a positive number or max" },
        { ["--clock", "yesterday"], "--clock yesterday: must be now or original" },
        { ["--clock", "now", "--speed", "5"], "--clock now goes with --speed 1, not 5: use --clock original to replay faster" },
        { ["--speed", "max"], "--clock now goes with --speed 1, not max: use --clock original to replay faster" },
        { ["--symbols", "BTC/USDT"], "--symbols BTC/USDT: is no symbol of binance; write it like BTCUSDT" },
        { ["--symbols", "BTCUSDT,binance-usdm:ETHUSDT"], "--symbols binance-usdm:ETHUSDT: is no symbol of binance; write it like BTCUSDT" },
        { ["--roles", "storage,cooking"], $"--roles cooking: must be of {Roles}" },
        { ["--roles", "all"], $"--roles all: must be of {Roles}" },
        { ["--roles", "none"], $"--roles none: must be of {Roles}" },
        { ["--roles", "services"], $"--roles services: must be of {Roles}" },
        { ["--roles", "16"], $"--roles 16: must be of {Roles}" },
        { ["--roles", "128"], $"--roles 128: must be of {Roles}" },
        { ["--roles", ","], "--roles is empty: name at least one role" },
        { ["--http", "70000"], "--http 70000: must be a port, 0 to 65535" },
        { ["--grpc=-1"], "--grpc -1: must be a port, 0 to 65535" },
        { ["--kafka", "65536"], "--kafka 65536: must be a port, 0 to 65535" },
        { ["--market-port", "99999"], "--market-port 99999: must be a port, 0 to 65535" },
        { ["--postgres-port", "99999"], "--postgres-port 99999: must be a port, 0 to 65535" },
        { ["--dashboard", "--dashboard-port", "0"], "--dashboard-port 0: must be a port, 1 to 65533" },
        { ["--dashboard", "--dashboard-port", "65534"], "--dashboard-port 65534: must be a port, 1 to 65533" },
        { ["--http", "7000", "--grpc", "7000"], "--http and --grpc are both 7000: give each a port of its own" },
        { ["--postgres-port", "9092"], "--kafka and --postgres-port are both 9092: give each a port of its own" },
        { ["--dashboard", "--market-port", "18890"], "--market-port and --dashboard-port's collector are both 18890: give each a port of its own" },
        { ["--market-url", "nowhere"], "--market-url nowhere: must be a URL like http://127.0.0.1:8082" },
        { ["--market-url", "ftp://exchange"], "--market-url ftp://exchange: must be a URL like http://127.0.0.1:8082" },
        { ["--market-url", "/etc/hosts"], "--market-url /etc/hosts: must be a URL like http://127.0.0.1:8082" },
        { ["--repair-max", "soon"], "--repair-max soon: write it like 90s, 15m, 2h or 7d" },
        { ["--repair-max", "NaNd"], "--repair-max NaNd: write it like 90s, 15m, 2h or 7d" },
        { ["--set", "Storage:MaxBatch"], "--set Storage:MaxBatch: write it like Storage:MaxBatch=5000" },
        { ["--set", "=5000"], "--set =5000: write it like Storage:MaxBatch=5000" },
    };

    private const string Roles = "market, kafka, postgres, ingestion, storage, aggregation, query";

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_mistake_is_answered_with_a_line_that_names_it(string[] arguments, string line) =>
        Assert.Equal(line, Assert.Throws<UsageException>(() => CommandLine.Up(arguments)).Message);

    [Theory]
    [InlineData("--http", "0", "--grpc", "0")]
    [InlineData("--roles", "ingestion", "--http", "9092")]
    [InlineData("--kafka", "5433", "--postgres", "Host=elsewhere")]
    [InlineData("--market", "live", "--clock", "now", "--speed", "1")]
    public void What_does_not_collide_is_taken(params string[] arguments) => Assert.NotNull(CommandLine.Up(arguments));

    [Theory]
    [InlineData("--http", "8080x")]
    [InlineData("--kafka", "")]
    [InlineData("--colour", "red")]
    public void What_is_no_option_or_no_number_is_an_error_of_the_parser(params string[] arguments) =>
        Assert.NotEmpty(new UpCommand().Parse(arguments).Errors);
}
