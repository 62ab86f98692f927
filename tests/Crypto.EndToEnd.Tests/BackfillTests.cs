using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crypto.Contracts;
using Crypto.MarketReplay.Archives;
using Crypto.MarketReplay.Recordings;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>History into a running system, by the command that an operator types.</summary>
public sealed class BackfillTests
{
    private const long Trades = 10_147;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly RecordingFile Recording = new(TestData.PathOf(TestData.SpotBtcusdt));

    [Fact]
    public async Task Archive_files_fill_an_empty_store_and_single_trades_replace_the_aggregates()
    {
        await using var pipeline = new Pipeline();
        // Nobody listens to this exchange: whatever comes, comes from the files.
        var system = pipeline.UpHere("--roles", "market,kafka,postgres,storage,aggregation,query", "--recording", Recording.Name);
        await system.HealthyAsync();
        var aggregates = Archive(pipeline.Folder, ArchiveKind.AggTrades, ".csv");
        var singles = Archive(pipeline.Folder, ArchiveKind.Trades, ".zip");

        await RunAsync(0, "everything is stored", "backfill", "--data", pipeline.Folder, "--file", aggregates);
        var coverage = await Pipeline.StoredAsync(system, "BTCUSDT", Trades, Patience);
        Assert.True(coverage.GetProperty("aggregated").GetInt64() > 1000);
        // The gap itself comes to the ledger by a topic of its own.
        await system.UntilAsync("/coverage/BTCUSDT", json => Gaps(json) == "backfill repaired", Patience);
        await FoldedAsync(system);
        var candles = await Pipeline.ResultAsync(system, "BTCUSDT");

        await RunAsync(0, "were replaced by single trades", "backfill", "--data", pipeline.Folder, "--file", singles, "--replace");
        coverage = await Pipeline.StoredAsync(system, "BTCUSDT", Trades, Patience);
        Assert.Equal(0, coverage.GetProperty("aggregated").GetInt64());
        Assert.Equal(candles, await Pipeline.ResultAsync(system, "BTCUSDT"));

        // What is there is not sent again.
        await RunAsync(0, "10,147 are stored already and 0 are missing", "backfill", "--http", $"{pipeline.Http}",
            "--kafka-bootstrap", $"127.0.0.1:{pipeline.Kafka}", "--file", singles);
    }

    [Fact]
    public async Task A_span_is_filled_over_REST_beside_the_live_stream()
    {
        await using var pipeline = new Pipeline();
        var system = pipeline.UpHere("--set", "Ingestion:FirstStartBackfill=00:00:00");
        await system.UntilAsync("/coverage/BTCUSDT", json => json.GetProperty("stored").GetInt64() > 0, Patience);
        var from = DateTimeOffset.UtcNow.AddMinutes(-2);

        await RunAsync(0, "everything is stored", "backfill", "--data", pipeline.Folder, "--symbol", "BTCUSDT", "--from", $"{from:O}");

        var coverage = await system.GetAsync("/coverage/BTCUSDT");
        Assert.Equal(1, coverage.GetProperty("ranges").GetArrayLength());
        await system.UntilAsync("/coverage/BTCUSDT", json => Gaps(json) == "backfill repaired", Patience);
        // Candles follow what is stored.
        await system.UntilAsync("/ohlc/BTCUSDT?interval=1m&limit=1000",
            json => json.GetProperty("candles")[0].GetProperty("openTime").GetDateTimeOffset() <= from, Patience);
        await RunAsync(1, "ids are not the exchange's", "backfill", "--data", pipeline.Folder, "--file", Archive(pipeline.Folder, ArchiveKind.Trades, ".csv"));
    }

    [Fact]
    public async Task A_file_whose_backfill_is_killed_again_and_again_is_stored_once_and_whole()
    {
        await using var pipeline = new Pipeline();
        var system = pipeline.UpHere("--roles", "market,kafka,postgres,storage,aggregation,query", "--recording", Recording.Name);
        await system.HealthyAsync();
        string[] command = ["backfill", "--data", pipeline.Folder, "--file", Archive(pipeline.Folder, ArchiveKind.Trades, ".csv")];
        var stored = 0L;
        for (var kill = 0; kill < 2; kill++)
        {
            // Record by record, so that there is a middle to be killed in.
            await using var victim = StandaloneProcess.Start(new() { ["CRYPTO_Ingestion__InFlightMax"] = "1" }, command);
            stored = await StoredBeyondAsync(system, victim, stored + 200);
            await victim.KillAsync();
            Assert.InRange(stored, 200, Trades - 1);
        }

        await using var last = StandaloneProcess.Start(command);
        Assert.True(await last.ExitAsync(Patience) == 0, last.Output);

        Assert.InRange(AlreadyStored(last), stored, Trades - 1);
        var coverage = await Pipeline.StoredAsync(system, "BTCUSDT", Trades, Patience);
        Assert.Equal(1, coverage.GetProperty("ranges").GetArrayLength());
        await system.UntilAsync("/coverage/BTCUSDT", json => Gaps(json) == "backfill repaired", Patience);
        await FoldedAsync(system);
    }

    [Fact]
    public async Task A_span_whose_backfill_over_REST_is_killed_is_taken_up_where_the_ledger_ends()
    {
        await using var pipeline = new Pipeline();
        var system = pipeline.UpHere("--set", "Ingestion:FirstStartBackfill=00:00:00");
        var live = await system.UntilAsync("/coverage/BTCUSDT", json => json.GetProperty("stored").GetInt64() > 0, Patience);
        var firstLive = live.GetProperty("firstTradeId").GetInt64();
        string[] command = ["backfill", "--data", pipeline.Folder, "--symbol", "BTCUSDT", "--from", $"{DateTimeOffset.UtcNow.AddMinutes(-30):O}"];
        // With so little weight a minute it takes several of them.
        await using (var victim = StandaloneProcess.Start(new() { ["CRYPTO_Ingestion__WeightPerMinute"] = "200" }, command))
        {
            await system.UntilAsync("/coverage/BTCUSDT", json => json.GetProperty("firstTradeId").GetInt64() < firstLive, Patience);
            await victim.KillAsync();
        }
        var killed = await system.GetAsync("/coverage/BTCUSDT");
        Assert.False(killed.GetProperty("complete").GetBoolean());

        await using var last = StandaloneProcess.Start(command);
        Assert.True(await last.ExitAsync(Patience) == 0, last.Output);

        Assert.InRange(AlreadyStored(last), 1, long.MaxValue);
        var coverage = await system.GetAsync("/coverage/BTCUSDT");
        Assert.Equal(1, coverage.GetProperty("ranges").GetArrayLength());
        Assert.Equal(killed.GetProperty("firstTradeId").GetInt64(), coverage.GetProperty("firstTradeId").GetInt64());
        await system.UntilAsync("/coverage/BTCUSDT", json => Gaps(json) == "backfill repaired", Patience);
    }

    // Asks while the process runs: one that came to its end was not killed in the middle.
    private static async Task<long> StoredBeyondAsync(StandaloneSystem system, StandaloneProcess victim, long trades)
    {
        var coverage = await system.UntilAsync("/coverage/BTCUSDT", json => victim.HasExited || json.GetProperty("stored").GetInt64() >= trades, Patience);
        Assert.False(victim.HasExited, victim.Output);
        return coverage.GetProperty("stored").GetInt64();
    }

    private static long AlreadyStored(StandaloneProcess backfill)
    {
        var told = Regex.Match(backfill.Output, "of which ([0-9,]+) are stored already");
        Assert.True(told.Success, backfill.Output);
        return long.Parse(told.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    private static string Archive(string folder, ArchiveKind kind, string extension)
    {
        var path = Path.Combine(folder, PublicArchive.NameOf("BTCUSDT", kind, new DateOnly(2024, 8, 9)) + extension);
        PublicArchive.Write(Recording, Venues.Binance, "BTCUSDT", kind, path);
        return path;
    }

    private static async Task RunAsync(int exitCode, string expected, params string[] arguments)
    {
        await using var command = StandaloneProcess.Start(arguments);
        var actual = await command.ExitAsync(Patience);
        Assert.True(actual == exitCode, $"exit code {actual}: {command.Output}");
        Assert.Contains(expected, command.Output, StringComparison.Ordinal);
    }

    private static Task<JsonElement> FoldedAsync(StandaloneSystem system) => system.UntilAsync("/ohlc/BTCUSDT?interval=1m&limit=1000",
        json => json.GetProperty("candles").EnumerateArray().Sum(candle => candle.GetProperty("tradeCount").GetInt64()) == Trades, Patience);

    private static string Gaps(JsonElement coverage) => string.Join(", ", coverage.GetProperty("gaps").EnumerateArray()
        .Select(gap => $"{gap.GetProperty("reason").GetString()} {gap.GetProperty("state").GetString()}").Distinct());
}
