using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres.Local;
using Crypto.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class StorageServiceTests : IAsyncLifetime
{
    private TestBroker _broker = null!;
    private Store _store = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        _store = await Store.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task Trades_flow_from_the_topic_into_the_table()
    {
        await using var storage = await StartAsync();
        await storage.ProduceAsync(Ids(1, 1000).Select(id => Records.Trade(id)));
        await storage.ProduceAsync(Ids(1, 700).Select(id => Records.Trade(id, Records.Eth)));

        await LedgerIsAsync("1..1000");
        await LedgerIsAsync("1..700", Records.Eth);
        await RunningStorage.UntilAsync(async () => await storage.HealthAsync() is { Status: HealthStatus.Healthy, Description: { } told }
            && told.StartsWith("trades: reads 8 partitions; feeds: reads ", StringComparison.Ordinal), "health tells what is read");
        await RunningStorage.UntilAsync(() => Task.FromResult(storage.Service.Status.LagRecords == 0), "no lag is left");
    }

    [Fact]
    public async Task Poison_goes_to_the_dead_letters_and_the_stream_goes_on()
    {
        await using var storage = await StartAsync();
        await storage.ProduceAsync([Records.Trade(1)]);
        string[] poison =
        [
            "no json", "[]", "{}", """{"venue":"binance","symbol":"BTCUSDT","tradeId":2}""",
            Json(Records.Trade(2)).Replace("61685.99000000", "1e400", StringComparison.Ordinal),
            Json(Records.Trade(2)).Replace("61685.99000000", "-1", StringComparison.Ordinal),
            Json(Records.Trade(2)).Replace("\"tradeTimeUs\":", "\"tradeTimeUs\":9", StringComparison.Ordinal),
            Json(Records.Trade(2)).Replace("\"tradeId\":2", "\"tradeId\":9223372036854775807", StringComparison.Ordinal),
            Json(Records.Trade(2)).Replace("binance", "nowhere", StringComparison.Ordinal),
        ];
        foreach (var value in poison) await storage.ProduceAsync(Topics.Trades, Encoding.UTF8.GetBytes(value));
        await storage.ProduceAsync(Topics.Coverage, "{\"kind\":\"what\"}"u8.ToArray());
        await storage.ProduceAsync(Topics.Coverage, Records.Value(CoverageKind.Void, 0, long.MaxValue - 1));
        await storage.ProduceAsync([Records.Trade(2), Records.Trade(3)]);

        await LedgerIsAsync("1..3");
        Assert.Equal(poison.Order(), (await LettersAsync(Topics.Trades, poison.Length)).Order());
        Assert.Equal(2, (await LettersAsync(Topics.Coverage, 2)).Count);
        await storage.HealthyAsync();
    }

    [Fact]
    public async Task Two_processes_share_the_work_and_store_everything_once()
    {
        await using var one = await StartAsync("one");
        await one.ProduceAsync(Ids(1, 500).Select(id => Records.Trade(id)));
        await LedgerIsAsync("1..500");
        var two = await StartAsync("two");
        var instruments = Enumerable.Range(0, 8).Select(i => new Instrument(Venues.Binance, $"S{i}USDT")).ToList();
        for (var from = 1; from < 2000; from += 500)
            await one.ProduceAsync(Ids(from, 500).SelectMany(id => instruments.Select(i => Records.Trade(id, i))));
        await RunningStorage.UntilAsync(() => Task.FromResult(
            one.Service.Status.Partitions == 4 && two.Service.Status.Partitions == 4), "four partitions each");
        foreach (var instrument in instruments) await LedgerIsAsync("1..2000", instrument);

        await two.DisposeAsync();
        await one.ProduceAsync(Ids(2001, 100).SelectMany(id => instruments.Select(i => Records.Trade(id, i))));
        foreach (var instrument in instruments) await LedgerIsAsync("1..2100", instrument);
        Assert.Equal((8 * 2100) + 500, await _store.Postgres.ScalarAsync<long>("select count(*) from market.trades"));
    }

    [Fact]
    public async Task A_database_that_stops_in_the_middle_delays_and_loses_nothing()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"crypto-storage-test-{Guid.NewGuid():N}");
        await using var server = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { Folder = folder, Port = FreePorts.Take() }, NullLogger.Instance, default);
        await using (var dataSource = NpgsqlDataSource.Create(server.ConnectionString))
        await using (var storage = await RunningStorage.StartAsync(
            _broker.BootstrapServers, dataSource, "one", ("Storage:UnhealthyAfter", "00:00:02")))
        {
            await storage.ProduceAsync(Ids(1, 2000).Select(id => Records.Trade(id)));
            await RunningStorage.UntilAsync(async () => await CountAsync(dataSource) > 0, "the first trades are stored");
            await server.DisposeAsync();
            await storage.ProduceAsync(Ids(2001, 30_000).Select(id => Records.Trade(id)));
            await RunningStorage.UntilAsync(async () => (await storage.HealthAsync()).Status == HealthStatus.Unhealthy, "health turns red");
            // Beyond the session time-out: the member stays in its group.
            await Task.Delay(TestScale.IsLong ? TimeSpan.FromMinutes(6) : RunningStorage.SessionTimeout * 1.25);
            await server.StartAsync(default);

            await RunningStorage.UntilAsync(async () => await CountAsync(dataSource) == 32_000, "everything is stored");
            await storage.HealthyAsync();
            await using var ledger = dataSource.CreateCommand("select first_id || '..' || last_id from market.coverage_ranges");
            Assert.Equal("1..32000", await ledger.ExecuteScalarAsync());
            Assert.Equal(1, storage.Assignments);
        }
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Health_says_why_storage_has_not_started()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1");
        await using var storage = await RunningStorage.StartAsync(_broker.BootstrapServers, nowhere);
        Assert.Equal(HealthStatus.Unhealthy, (await storage.HealthAsync()).Status);

        await RunningStorage.UntilAsync(async () => (await storage.HealthAsync()).Description is { } told
            && told.StartsWith("trades: not started yet: PostgreSQL cannot be reached", StringComparison.Ordinal)
            && told.Contains("; feeds: not started yet: PostgreSQL cannot be reached", StringComparison.Ordinal), "the reasons are told");
    }

    [Fact]
    public async Task An_archive_that_cannot_be_written_turns_health_red()
    {
        var file = Path.GetTempFileName();
        await using (var storage = await RunningStorage.StartAsync(_broker.BootstrapServers, _store.Postgres.DataSource, "one", ("Storage:RawFolder", file)))
        {
            await storage.ProduceAsync([Records.Trade(1)]);
            await RunningStorage.UntilAsync(async () => (await storage.HealthAsync()) is { Status: HealthStatus.Unhealthy } health
                && health.Description!.Contains("trades: reads 8 partitions", StringComparison.Ordinal)
                && health.Description.Contains(file, StringComparison.Ordinal), "health names the file in the way");
        }
        File.Delete(file);
    }

    [Fact]
    public async Task A_broker_whose_folder_was_deleted_doubles_and_loses_nothing()
    {
        await using var storage = await StartAsync();
        await storage.ProduceAsync(Ids(1, 500).Select(id => Records.Trade(id)));
        await LedgerIsAsync("1..500");

        await _broker.StopAsync();
        foreach (var inner in Directory.GetDirectories(_broker.Folder)) Directory.Delete(inner, recursive: true);
        foreach (var file in Directory.GetFiles(_broker.Folder)) File.Delete(file);
        await _broker.StartAgainAsync();
        await storage.ProduceAsync(Ids(301, 900).Select(id => Records.Trade(id)));

        await LedgerIsAsync("1..1200");
        Assert.Equal(1200, (await _store.IdsAsync()).Count);
    }

    [Fact]
    public async Task A_batch_is_one_activity_in_the_trace_of_its_first_sampled_trade()
    {
        var activities = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is StorageMetrics.Name or "publisher",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (activities) activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var publisher = new ActivitySource("publisher");
        await using var storage = await StartAsync();
        ActivityContext published;
        using (var activity = publisher.StartActivity("publish"))
        {
            published = activity!.Context;
            await storage.Producer.ProduceAsync(Topics.Trades, new Message<byte[], byte[]>
            {
                Key = Records.Key(),
                Value = Records.Value(Records.Trade(1)),
                Headers = TraceHeaders.Of(activity),
            });
        }
        await LedgerIsAsync("1");

        await RunningStorage.UntilAsync(() =>
        {
            lock (activities) return Task.FromResult(activities.Exists(a => a.ParentSpanId == published.SpanId && a.TraceId == published.TraceId));
        }, "the batch's activity goes on with the trade's trace");
    }

    private Task<RunningStorage> StartAsync(string member = "one") =>
        RunningStorage.StartAsync(_broker.BootstrapServers, _store.Postgres.DataSource, member);

    private static IEnumerable<long> Ids(int from, int count) => Enumerable.Range(from, count).Select(id => (long)id);

    private static string Json(Trade trade) => Encoding.UTF8.GetString(Records.Value(trade));

    private async Task LedgerIsAsync(string expected, Instrument? instrument = null)
    {
        await RunningStorage.UntilAsync(async () => await _store.LedgerAsync(instrument) == expected, $"the ledger is {expected}");
    }

    private async Task<List<string>> LettersAsync(string topic, int count)
    {
        var options = new KafkaOptions { BootstrapServers = _broker.BootstrapServers };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            KafkaClients.ConsumerConfig(options, "letters", null, TimeSpan.FromSeconds(6))).Build();
        consumer.Assign(new TopicPartitionOffset(Topics.DeadLetters(topic), 0, 0));
        var letters = new List<string>();
        await Task.Run(() =>
        {
            while (letters.Count < count && consumer.Consume(TimeSpan.FromSeconds(90)) is { } letter)
                letters.Add(Encoding.UTF8.GetString(letter.Message.Value));
        });
        return letters;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource dataSource)
    {
        await using var count = dataSource.CreateCommand("select count(*) from market.trades");
        try
        {
            return (long)(await count.ExecuteScalarAsync())!;
        }
        catch (NpgsqlException)
        {
            return -1; // Starting up, or not migrated yet.
        }
    }
}
