using Crypto.Testing;
using Npgsql;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary><c>crypto reconcile</c> and <c>crypto replay</c> on a running system with the USD-M recording.</summary>
public sealed class ProofCommandsTests
{
    private const int Trades = 21_313;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string[] Span = ["--from", "2024-08-08T23:50:00Z", "--to", "2024-08-09T00:00:00Z"];

    [Fact]
    public async Task The_recorded_minutes_are_proven_against_the_exchange_the_stored_trades_and_the_log()
    {
        await using var pipeline = new Pipeline();
        var process = pipeline.Up("--venue", "binance-usdm", "--recording", TestData.PathOf(TestData.UsdmBtcusdt), "--speed", "max");
        await Pipeline.StoredAsync(process, "BTCUSDT", Trades, Patience);
        await process.UntilAsync("/ohlc/BTCUSDT?interval=1m",
            json => json.GetProperty("candles").EnumerateArray().Sum(c => c.GetProperty("tradeCount").GetInt64()) == Trades, Patience);

        await ReconcilesAsync(pipeline);
        await ReplaysAsync(pipeline);
        await TamperAsync(pipeline);
        var (exit, output) = await RunAsync(["replay", "--data", pipeline.Folder, .. Span]);
        Assert.Equal(1, exit);
        Assert.Contains("2 lines differ", output, StringComparison.Ordinal);
    }

    private static async Task ReconcilesAsync(Pipeline pipeline)
    {
        string[] command = ["reconcile", "--symbol", "binance-usdm:BTCUSDT", "--interval", "1m", "--data", pipeline.Folder, "--klines"];
        var archive = TestData.PathOf(TestData.UsdmBtcusdtKlines);
        var (exit, output) = await RunAsync([.. command, archive]);
        Assert.Equal(0, exit);
        Assert.Contains("5 of 5 candles equal the exchange's (100.00 %)", output.Replace(" %", "%").Replace("%", " %"), StringComparison.Ordinal);

        using var folder = new TemporaryFolder();
        var lines = await File.ReadAllLinesAsync(archive);
        var bare = Path.Combine(folder.Path, "without-header.csv");
        await File.WriteAllLinesAsync(bare, lines[1..]);
        Assert.Equal(0, (await RunAsync([.. command, bare])).Exit);

        // One volume, and a minute that began before the recording did.
        var fields = lines[2].Split(',');
        fields[5] = "203.144";
        var first = lines[1].Split(',');
        first[0] = "1723161240000";
        var wrong = Path.Combine(folder.Path, "wrong.csv");
        await File.WriteAllLinesAsync(wrong, [lines[0], string.Join(',', first), lines[1], string.Join(',', fields), .. lines[3..]]);
        (exit, output) = await RunAsync([.. command, wrong]);
        Assert.Equal(1, exit);
        Assert.Matches(@"2024-08-08T23:56:00\S*\s+volume\s+203\.143\s+203\.144", output);
        Assert.Matches(@"2024-08-08T23:54:00\S*\s+not covered", output);
        Assert.Contains("4 of 5", output, StringComparison.Ordinal);

        Assert.NotEqual(0, (await RunAsync([.. command, "/nowhere/at/all.csv"])).Exit);
    }

    private static async Task ReplaysAsync(Pipeline pipeline)
    {
        foreach (var source in (string[])["trades", "log"])
        {
            var output = await EqualReplayAsync(["replay", "--data", pipeline.Folder, "--source", source, "--into", $"from_{source}", .. Span]);
            Assert.Contains($"binance-usdm:BTCUSDT: {Trades} trades make", output, StringComparison.Ordinal);
            Assert.Contains("all equal to the live ones", output, StringComparison.Ordinal);
        }
        await using var database = Database(pipeline);
        // Byte for byte the same from both.
        await using var compare = database.CreateCommand("""
            select count(*) from (
                (select open_time, interval_s, canonical from from_trades.candles except select open_time, interval_s, canonical from from_log.candles)
                union all
                (select open_time, interval_s, signal::text from from_log.signals except select open_time, interval_s, signal::text from from_trades.signals)) d
            """);
        Assert.Equal(0L, await compare.ExecuteScalarAsync());
        await using var count = database.CreateCommand("select count(*) from from_log.candles where interval_s = 60");
        Assert.Equal(6L, await count.ExecuteScalarAsync());
    }

    // Live signals follow their candles, so that a replay may be ahead of them.
    private static async Task<string> EqualReplayAsync(string[] command)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            var (exit, output) = await RunAsync(command);
            if (exit == 0) return output;
            Assert.True(DateTime.UtcNow < until && output.Contains("signal", StringComparison.Ordinal), output);
        }
    }

    private static async Task TamperAsync(Pipeline pipeline)
    {
        await using var database = Database(pipeline);
        await using var update = database.CreateCommand(
            "update market.candles set close = close + 0.1 where interval_s = 60 and open_time = '2024-08-08 23:56+00'");
        Assert.Equal(1, await update.ExecuteNonQueryAsync());
    }

    private static NpgsqlDataSource Database(Pipeline pipeline) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = pipeline.Postgres,
        Username = "crypto",
        Password = File.ReadAllText(Path.Combine(pipeline.Folder, "postgres", "password")).Trim(),
        Database = "marketdata",
    });

    private static async Task<(int Exit, string Output)> RunAsync(string[] arguments)
    {
        await using var process = StandaloneProcess.Start(arguments);
        var exit = await process.ExitAsync(Patience);
        return (exit, process.Output);
    }
}
