using Confluent.Kafka;
using Crypto.Aggregation.Store;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Crypto.Aggregation.Tests.Live;

/// <summary>The role from <c>crypto.trades</c> to <c>crypto.candles</c>, with the recorded trades of two symbols.</summary>
public class RoleTests
{
    [Fact]
    public async Task Recorded_trades_become_committed_and_published_candles()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var postgres = await TestPostgres.CreateAsync();
        await new MarketSourceStore(postgres.DataSource).EnsureAsync(
            new MarketSource("recorded", Venues.Binance, "test", MarketClock.Original), default);
        var bitcoin = RecordedTrades.Read(TestData.SpotBtcusdt, Venues.Binance);
        var ether = RecordedTrades.Read(TestData.SpotEthusdt, Venues.Binance);
        await using (var host = await AggregationHost.StartAsync(broker, postgres))
        {
            var producer = host.Get<IProducer<byte[], byte[]>>();
            AggregationHost.Publish(producer, bitcoin.Concat(ether).OrderBy(t => t.TradeTimeUs));
            await Eventually.IsTrueAsync(async () =>
                await postgres.ScalarAsync<long>("select coalesce(sum(trade_count), 0)::bigint from market.candles where interval_s = 60")
                == bitcoin.Count + ether.Count, "all trades in candles");
            await Eventually.IsTrueAsync(async () =>
                await postgres.ScalarAsync<long>("select count(*) from market.candles where published_version < version") == 0,
                "all candles marked as published");
            await Eventually.IsTrueAsync(async () => (await host.Get<HealthCheckService>().CheckHealthAsync())
                .Entries["aggregation"].Status == HealthStatus.Healthy, "the role is healthy");
        }
        foreach (var (trades, symbol) in new[] { (bitcoin, "BTCUSDT"), (ether, "ETHUSDT") })
        {
            var committed = await CandlesAsync(postgres, symbol);
            Assert.Equal(
                NaiveCandle.Fold(trades, Interval.OneMinute).Select(c => (c.OpenTimeUs, c.Close, c.Count)),
                committed.Where(c => c.Interval == Interval.OneMinute && c.TradeCount > 0)
                    .OrderBy(c => c.OpenTimeUs).Select(c => (c.OpenTimeUs, c.Close, c.TradeCount)));
            var published = ReadCandles(broker).Where(c => c.Instrument.Symbol == symbol)
                .GroupBy(c => (c.Interval, c.OpenTimeUs)).Select(versions => versions.MaxBy(c => c.Version)!);
            Assert.Equal(committed.ToHashSet(), published.ToHashSet());
        }
    }

    [Fact]
    public async Task Candles_that_were_committed_but_not_published_are_sent_at_the_next_start()
    {
        await using var postgres = await TestPostgres.CreateAsync();
        await using var market = await TestMarket.OnAsync(postgres, "1m");
        market.Publish(RandomTrades.Make(31, 500));
        await market.ApplyAsync();
        await postgres.ExecuteAsync("delete from market.stream_offsets");
        var committed = (await market.CandlesAsync(Interval.OneMinute, withFlat: true)).ToHashSet();

        await using var broker = await TestBroker.StartAsync();
        var partition = await PartitionOfAsync(broker);
        await postgres.ExecuteAsync($"update market.aggregated_instruments set partition = {partition}");
        await using var host = await AggregationHost.StartAsync(broker, postgres, settings: ("Aggregation:Intervals:0", "1m"));
        await Eventually.IsTrueAsync(() => Task.FromResult(committed.IsSubsetOf(ReadCandles(broker))), "the candles in crypto.candles");
    }

    // Where a producer puts the instrument's records.
    private static async Task<int> PartitionOfAsync(TestBroker broker)
    {
        var options = new KafkaOptions { BootstrapServers = broker.BootstrapServers };
        using var topics = new KafkaTopics(Microsoft.Extensions.Options.Options.Create(options), Microsoft.Extensions.Logging.Abstractions.NullLogger<KafkaTopics>.Instance);
        await topics.EnsureAsync(default);
        using var producer = KafkaClients.BuildProducer(options, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var report = await producer.ProduceAsync(Topics.Coverage, new Message<byte[], byte[]>
        {
            Key = System.Text.Encoding.UTF8.GetBytes(RandomTrades.Btcusdt.Key),
            Value = "{}"u8.ToArray(),
        });
        return report.Partition.Value;
    }

    private static async Task<List<Candle>> CandlesAsync(TestPostgres postgres, string symbol)
    {
        await using var select = postgres.DataSource.CreateCommand($"""
            select {CandleRows.Columns} from market.candles c join market.instruments i using (instrument_id) where i.symbol = '{symbol}'
            """);
        await using var rows = await select.ExecuteReaderAsync();
        return [.. (await CandleRows.ReadAllAsync(rows, default)).Select(row => row.ToCandle(new Instrument(Venues.Binance, symbol)))];
    }

    private static List<Candle> ReadCandles(TestBroker broker)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = Guid.NewGuid().ToString(),
            EnablePartitionEof = true,
            EnableAutoCommit = false,
        }).Build();
        var partitions = Enumerable.Range(0, 12).Select(p => new TopicPartitionOffset(Topics.Candles, p, Offset.Beginning)).ToList();
        consumer.Assign(partitions);
        var candles = new List<Candle>();
        for (var ended = 0; ended < partitions.Count;)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException("crypto.candles cannot be read");
            if (record.IsPartitionEOF) ended++;
            else candles.Add(CandleJson.Read(record.Message.Value));
        }
        return candles;
    }
}
