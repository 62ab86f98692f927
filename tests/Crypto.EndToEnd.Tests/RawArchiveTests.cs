using System.Buffers;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Storage.Raw;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>SIGKILL of the process that writes the raw archive, while records keep coming.</summary>
public sealed class RawArchiveTests
{
    private const int TradesAtOnce = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly Instrument Btc = new(Venues.Binance, "BTCUSDT");

    [Fact]
    public async Task A_storage_process_killed_while_it_archives_neither_loses_nor_repeats_a_line()
    {
        await using var pipeline = new Pipeline();
        var archive = Path.Combine(pipeline.Folder, "archive");
        await pipeline.UpHere("--roles", "kafka,postgres").HealthyAsync();
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = $"127.0.0.1:{pipeline.Kafka}", Acks = Acks.All, EnableIdempotence = true }).Build();
        using var enough = new CancellationTokenSource();
        StandaloneProcess Storage() => pipeline.UpRole("storage", "--set", $"Storage:RawFolder={archive}");

        var writer = Storage();
        await writer.HealthyAsync();
        var producing = ProduceAsync(producer, enough.Token);
        for (var kill = 0; kill < TestScale.Count(20); kill++)
        {
            var before = BytesIn(archive);
            await Eventually.IsTrueAsync(() => BytesIn(archive) > before, Patience, () => writer.Output);
            await writer.KillAsync();
            // Whatever the kill left, what is exported are whole lines.
            Assert.All(await ExportAsync(archive), line => Assert.True(line.Offset >= 0));
            writer = Storage();
        }
        await enough.CancelAsync();
        var trades = await producing;
        await Eventually.IsTrueAsync(() => LinesIn(archive) >= trades, Patience, () => writer.Output);
        await writer.StopAsync(Patience);

        var lines = await ExportAsync(archive);
        Assert.Equal(Enumerable.Range(0, trades).Select(i => (long)i), lines.Select(line => line.Offset));
        Assert.Equal(Enumerable.Range(0, trades).Select(i => (long)i), lines.Select(line => line.TradeId));
    }

    /// <summary>Trades 0, 1, 2, ... until it is enough; all have one key, so that they are in one partition at the offset of their id.</summary>
    private static async Task<int> ProduceAsync(IProducer<byte[], byte[]> producer, CancellationToken enough)
    {
        var next = 0;
        var key = Encoding.UTF8.GetBytes(Btc.Key);
        var startUs = UnixTime.NowMicroseconds(TimeProvider.System) - 3_600_000_000;
        while (!enough.IsCancellationRequested)
        {
            var sent = Enumerable.Range(next, TradesAtOnce).Select(id =>
            {
                var timeUs = startUs + (id * 100L);
                var value = new ArrayBufferWriter<byte>();
                TradeJson.Write(value, new Trade(Btc, id, id, 61685.99m, 0.01m, timeUs, timeUs, timeUs, id % 2 == 0, TradeOrigin.Stream));
                return producer.ProduceAsync(Topics.Trades, new() { Key = key, Value = value.WrittenSpan.ToArray() }, CancellationToken.None);
            });
            await Task.WhenAll([.. sent]);
            next += TradesAtOnce;
            await Task.Delay(10, CancellationToken.None);
        }
        return next;
    }

    private static async Task<List<(long Offset, long TradeId)>> ExportAsync(string archive)
    {
        var file = archive + ".exported";
        await using var export = StandaloneProcess.Start("export", "raw", "--folder", archive, "--out", file);
        Assert.True(await export.ExitAsync(Patience) == 0, export.Output);
        return [.. File.ReadLines(file).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            return (json.RootElement.GetProperty("offset").GetInt64(), json.RootElement.GetProperty("value").GetProperty("tradeId").GetInt64());
        })];
    }

    private static long BytesIn(string archive) => Directory.Exists(archive)
        ? new DirectoryInfo(archive).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : 0;

    private static int LinesIn(string archive) => RawArchiveReader.ReadAsync(archive, Topics.Trades, null, null, default).ToBlockingEnumerable().Count();
}
