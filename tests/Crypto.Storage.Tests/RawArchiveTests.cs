using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Storage.Raw;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class RawArchiveTests : IDisposable
{
    private static readonly DateTime Noon = new(2024, 8, 9, 12, 0, 0, DateTimeKind.Utc);
    private readonly string _folder = Directory.CreateTempSubdirectory("crypto-raw-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_crash_at_any_byte_neither_loses_nor_repeats_a_line()
    {
        var values = Enumerable.Range(0, 40).Select(i => Records.Value(Records.Trade(i))).ToArray();
        for (var seed = 0; seed < TestScale.Count(500); seed++)
        {
            var random = new Random(seed);
            var folder = Path.Combine(_folder, $"{seed}");
            for (var crash = 0; crash < 5; crash++)
            {
                await StoreAsync(folder, values, to: random.Next(1, values.Length));
                foreach (var file in Directory.GetFiles(folder, "*.jsonl", SearchOption.AllDirectories))
                {
                    await using var torn = File.OpenWrite(file);
                    torn.SetLength(random.NextInt64(torn.Length + 1));
                }
            }
            await StoreAsync(folder, values);

            Assert.Equal(values.Select(Text), await ValuesAsync(folder));
        }
    }

    [Fact]
    public async Task What_is_read_back_after_a_crash_ends_with_the_last_whole_line()
    {
        var values = Enumerable.Range(0, 4).Select(i => Records.Value(Records.Trade(i))).ToArray();
        await StoreAsync(_folder, values);
        var path = Directory.GetFiles(_folder, "*.jsonl", SearchOption.AllDirectories).Single();
        var ends = (await File.ReadAllBytesAsync(path)).Index().Where(at => at.Item == '\n').Select(at => at.Index).ToList();
        Assert.Equal(values.Length, ends.Count);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        for (var cut = file.Length; cut >= 0; cut--)
        {
            file.SetLength(cut);
            // A line that lacks only its line feed is whole to a reader.
            Assert.Equal(values[..ends.Count(end => end <= cut)].Select(Text), await ValuesAsync(_folder));
        }
    }

    [Fact]
    public async Task A_file_is_compressed_when_its_day_is_over_and_can_be_read_back_by_day()
    {
        var values = Enumerable.Range(0, 6).Select(i => Records.Value(Records.Trade(i))).ToArray();
        await StoreAsync(_folder, values, days: i => i / 2);

        var files = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Select(file => file[_folder.Length..]).Order().ToList();
        Assert.Equal([".gz", ".gz", ".jsonl"], files.Select(Path.GetExtension));
        Assert.All(files, file => Assert.StartsWith($"/raw/{Topics.Trades}/2024-08-", file, StringComparison.Ordinal));
        Assert.Equal(values[2..4].Select(Text), await ValuesAsync(_folder, new DateOnly(2024, 8, 10), new DateOnly(2024, 8, 10)));
        Assert.Equal(values.Select(Text), await ValuesAsync(_folder));
    }

    [Fact]
    public async Task A_crash_while_compressing_repeats_nothing()
    {
        var values = Enumerable.Range(0, 4).Select(i => Records.Value(Records.Trade(i))).ToArray();
        await StoreAsync(_folder, values, to: 2);
        var open = Directory.GetFiles(_folder, "*.jsonl", SearchOption.AllDirectories).Single();
        var copy = await File.ReadAllBytesAsync(open);
        await StoreAsync(_folder, values, days: i => i / 2);
        // As if the file had been compressed and the process had died before it deleted the original.
        await File.WriteAllBytesAsync(open, copy);
        Assert.Equal(values.Select(Text), await ValuesAsync(_folder));

        await StoreAsync(_folder, values, days: i => i / 2);
        Assert.False(File.Exists(open));
        Assert.Equal(values.Select(Text), await ValuesAsync(_folder));
    }

    [Fact]
    public async Task A_topic_made_anew_and_a_shorter_log_are_archived_as_logs_of_their_own()
    {
        byte[][] Values(int from) => [.. Enumerable.Range(from, 3).Select(i => Records.Value(Records.Trade(i)))];
        await StoreAsync(_folder, Values(0));
        await StoreAsync(_folder, Values(10), topicId: "second");
        await StoreAsync(_folder, Values(20)[..2]);

        Assert.Equal(
            Values(0).Concat(Values(10)).Concat(Values(20)[..2]).Select(Text).Order(), (await ValuesAsync(_folder)).Order());
    }

    [Fact]
    public async Task Bytes_that_are_no_json_are_kept_as_they_are()
    {
        byte[][] odd = ["no json"u8.ToArray(), [0xFF, 0x00], "{}\n{}"u8.ToArray(), "{\n}"u8.ToArray(), "1 2"u8.ToArray(), []];
        await StoreAsync(_folder, odd);

        var kept = (await LinesAsync(_folder)).Select(line => line.GetProperty("valueBase64").GetBytesFromBase64());
        Assert.Equal(odd, kept);
    }

    [Fact]
    public async Task The_running_role_archives_what_is_published_over_a_restart()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var store = await Store.CreateAsync();
        for (var run = 0; run < 2; run++)
        {
            await using var storage = await RunningStorage.StartAsync(
                broker.BootstrapServers, store.Postgres.DataSource, "one", ("Storage:RawFolder", _folder));
            await storage.ProduceAsync(Enumerable.Range(run * 300, 300).Select(id => Records.Trade(id, id % 2 == 0 ? Records.Btc : Records.Eth)));
            await RunningStorage.UntilAsync(async () => (await ValuesAsync(_folder)).Count >= (run + 1) * 300, "everything is archived");
        }

        var values = await ValuesAsync(_folder);
        Assert.Equal(600, values.Count);
        Assert.Equal(600, values.Distinct().Count());
    }

    private static string Text(byte[] value) => Encoding.UTF8.GetString(value);

    /// <summary>Archives values up to an offset, by a handler that is new as after a start; some after each other, some repeated.</summary>
    private static async Task StoreAsync(string folder, byte[][] values, int? to = null, string topicId = "first", Func<int, int>? days = null)
    {
        using var handler = new RawArchiveHandler(folder, NullLogger<RawArchiveHandler>.Instance);
        var assigned = new AssignedPartition(Topics.Trades, 0, topicId, 0, values.Length);
        var next = (int)await handler.AssignAsync(assigned, default);
        for (; next < (to ?? values.Length); next += 5)
        {
            var records = Enumerable.Range(next, Math.Min(5, (to ?? values.Length) - next)).Select(offset =>
            {
                var record = Records.Record(Topics.Trades, 0, offset, values[offset]);
                record.Message.Timestamp = new Timestamp(Noon.AddDays(days?.Invoke(offset) ?? 0));
                return record;
            }).ToList();
            var batch = new RecordBatch([new PartitionRecords(assigned, next, next + records.Count, records)]);
            await handler.HandleAsync(batch, default);
            await handler.HandleAsync(batch, default);
        }
    }

    private static async Task<List<JsonElement>> LinesAsync(string folder, DateOnly? from = null, DateOnly? to = null)
    {
        var lines = new List<JsonElement>();
        await foreach (var line in RawArchiveReader.ReadAsync(folder, Topics.Trades, from, to, default))
            lines.Add(JsonDocument.Parse(line).RootElement);
        return lines;
    }

    private static async Task<List<string>> ValuesAsync(string folder, DateOnly? from = null, DateOnly? to = null) =>
        [.. (await LinesAsync(folder, from, to)).Select(line => line.GetProperty("value").GetRawText())];
}
