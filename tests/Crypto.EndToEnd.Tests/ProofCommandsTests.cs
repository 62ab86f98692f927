using System.Globalization;
using Crypto.Testing;
using Npgsql;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>
/// The USD-M recording's candles against the exchange's own: by the API, and by <c>crypto reconcile</c> and <c>crypto replay</c>
/// on the running system.
/// </summary>
public sealed class ProofCommandsTests(UsdmSystem system) : IClassFixture<UsdmSystem>
{
    private static readonly string[] Fields =
        ["open", "high", "low", "close", "volume", "quoteVolume", "tradeCount", "takerBuyVolume", "takerBuyQuoteVolume"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string[] Span = ["--from", "2024-08-08T23:50:00Z", "--to", "2024-08-09T00:00:00Z"];

    [Fact]
    public async Task The_candles_equal_the_exchanges_own_to_the_last_digit()
    {
        // 23:54:15 to 23:59:58: the first minute began before the data, the five after it are whole.
        var answer = await system.Host.GetAsync("/ohlc/BTCUSDT?interval=1m");
        var ours = answer.GetProperty("candles").EnumerateArray()
            .ToDictionary(candle => DateTimeOffset.Parse(candle.GetProperty("openTime").GetString()!, CultureInfo.InvariantCulture));

        var theirs = File.ReadLines(TestData.PathOf(TestData.UsdmBtcusdtKlines)).Skip(1).Select(line => line.Split(',')).ToList();
        Assert.Equal(5, theirs.Count);
        foreach (var kline in theirs)
        {
            var candle = ours[DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(kline[0], CultureInfo.InvariantCulture))];
            string[] expected = [kline[1], kline[2], kline[3], kline[4], kline[5], kline[7], kline[8], kline[9], kline[10]];
            var actual = Fields.Select(field => candle.GetProperty(field).ToString());
            Assert.Equal(expected.Select(Exact), actual.Select(Exact));
        }
    }

    [Fact]
    public async Task Reconcile_names_each_field_that_is_not_the_exchanges()
    {
        string[] command = ["reconcile", "--symbol", "binance-usdm:BTCUSDT", "--interval", "1m", "--data", system.Folder, "--klines"];
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
        (exit, output) = await RunAsync([.. command[..^1], "--market-url", "http://127.0.0.1:1"]);
        Assert.NotEqual(0, exit);
        Assert.Contains("http://127.0.0.1:1/ gives no candles", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_makes_the_live_candles_and_signals_from_the_stored_trades_and_the_log_and_finds_what_somebody_changed()
    {
        foreach (var source in (string[])["trades", "log"])
        {
            var equal = await EqualReplayAsync(["replay", "--data", system.Folder, "--source", source, "--into", $"from_{source}", .. Span]);
            Assert.Contains($"binance-usdm:BTCUSDT: {UsdmSystem.Trades} trades make", equal, StringComparison.Ordinal);
            Assert.Contains("all equal to the live ones", equal, StringComparison.Ordinal);
        }
        await using var database = Database();
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

        await AddToCloseAsync(database, "0.1");
        var (exit, output) = await RunAsync(["replay", "--data", system.Folder, .. Span]);
        await AddToCloseAsync(database, "-0.1");

        Assert.Equal(1, exit);
        Assert.Contains("2 lines differ", output, StringComparison.Ordinal);
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

    private static async Task AddToCloseAsync(NpgsqlDataSource database, string difference)
    {
        await using var update = database.CreateCommand(
            $"update market.candles set close = close + {difference} where interval_s = 60 and open_time = '2024-08-08 23:56+00'");
        Assert.Equal(1, await update.ExecuteNonQueryAsync());
    }

    private NpgsqlDataSource Database() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = system.Postgres,
        Username = "crypto",
        Password = File.ReadAllText(Path.Combine(system.Folder, "postgres", "password")).Trim(),
        Database = "marketdata",
    });

    private static async Task<(int Exit, string Output)> RunAsync(string[] arguments)
    {
        await using var process = StandaloneProcess.Start(arguments);
        var exit = await process.ExitAsync(Patience);
        return (exit, process.Output);
    }

    // 61807.70 and 61807.7 are the same number; every digit that counts is kept.
    private static decimal Exact(string number) => decimal.Parse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
